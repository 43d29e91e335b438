using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Chaos;

/// <summary>Many callers at once, each with a connection: in a closed loop, or without waiting for answers.</summary>
internal sealed class CrowdClient(int client, Uri address, int connections, Population population, EventLog log, int seed)
    : IDisposable
{
    /// <summary>Fewer than a connection may have open: what the client would keep back never reaches the bank.</summary>
    private const int MaxOpenPerConnection = 200;

    /// <summary>More would starve the callers themselves, who have the same two cores as the bank.</summary>
    private const double MaxPerSecond = 4_000;

    private const int MostTimesAsLong = 5;

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Over so much time it is counted what the bank answers.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    private readonly GrpcChannel[] channels =
        [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(address))];

    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"crowd of {log.Now}");
    private readonly Random random = new(seed);
    private int number;
    private int open;
    private int accepted;
    private int refused;
    private int refusedWithoutAdvice;
    private int cut;

    /// <summary>Commands of which it was told what the ledger decided.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>Commands that were refused with OVERLOADED and a time to wait.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>Commands that were refused with RESOURCE_EXHAUSTED and without one of the two.</summary>
    public int RefusedWithoutAdvice => refusedWithoutAdvice;

    /// <summary>Commands of which the bank did not say anything.</summary>
    public int Cut => cut;

    /// <summary>So many calls are under way at any time. Gives answers in a second, and their 99th percentile.</summary>
    public async Task<(double PerSecond, TimeSpan P99)> InClosedLoopAsync(int callers, TimeSpan time)
    {
        var times = new ConcurrentBag<TimeSpan>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (clock.Elapsed < time)
            {
                var began = clock.Elapsed;
                await CallAsync();
                times.Add(clock.Elapsed - began);
            }
        }));
        var elapsed = clock.Elapsed.TotalSeconds;
        return (times.Count / elapsed, times.Order().ElementAt(times.Count * 99 / 100));
    }

    /// <summary>
    /// So many times the calls come that the bank can answer, whatever became of those before. What it can answer is the
    /// most that it did so far, so a first guess that is too low is mended on the way; and more is never asked than the
    /// callers can ask. While no call was refused there is no overload yet, so it goes on, up to five times as long.
    /// </summary>
    /// <returns>What it could answer in a second, and how many calls came in a second.</returns>
    public async Task<(double Capacity, double Offered)> InOpenLoopAsync(int times, double capacity, TimeSpan time)
    {
        var calls = new List<Task>();
        var clock = Stopwatch.StartNew();
        var (due, last, answered, looked) = (0.0, TimeSpan.Zero, accepted, TimeSpan.Zero);
        while (clock.Elapsed < time || (Refused == 0 && clock.Elapsed < MostTimesAsLong * time))
        {
            await Task.Delay(1);
            var now = clock.Elapsed;
            due += (now - last).TotalSeconds * Math.Min(MaxPerSecond, times * capacity);
            last = now;
            for (; due >= 1; due--)
            {
                if (Volatile.Read(ref open) < connections * MaxOpenPerConnection)
                {
                    calls.Add(CallAsync());
                }
            }
            if (now - looked >= Window)
            {
                capacity = Math.Max(capacity, (Accepted - answered) / (now - looked).TotalSeconds);
                (answered, looked) = (Accepted, now);
            }
        }
        var offered = calls.Count / clock.Elapsed.TotalSeconds;
        await Task.WhenAll(calls);
        return (capacity, offered);
    }

    public void Dispose() => Array.ForEach(channels, channel => channel.Dispose());

    private async Task CallAsync()
    {
        Interlocked.Increment(ref open);
        var mine = Interlocked.Increment(ref number);
        var asked = new Asked("deposit", string.Create(CultureInfo.InvariantCulture, $"{name}, request {mine}"))
        {
            Account = AnyAccount(),
            Amount = 1,
            Currency = string.Empty,
            Description = string.Empty,
        };
        var id = log.Invoked(client, asked);
        Answer answer;
        try
        {
            answer = await Commands.CallAsync(
                new V1.CommandService.CommandServiceClient(channels[mine % connections]), asked,
                DateTime.UtcNow + CallDeadline);
            Interlocked.Increment(ref accepted);
        }
        catch (RpcException error)
        {
            answer = Answer.Of(error);
            Interlocked.Increment(ref Counted(error));
        }
        log.Returned(id, answer);
        population.Learn(asked, answer);
        Interlocked.Decrement(ref open);
    }

    private ref int Counted(RpcException error)
    {
        var status = error.GetRpcStatus();
        if (error.StatusCode == StatusCode.ResourceExhausted)
        {
            return ref status?.GetDetail<ErrorInfo>()?.Reason == "OVERLOADED" && status.GetDetail<RetryInfo>() is not null
                ? ref refused
                : ref refusedWithoutAdvice;
        }
        return ref status is null ? ref cut : ref accepted;
    }

    private string AnyAccount()
    {
        lock (random)
        {
            return population.Any(random);
        }
    }
}
