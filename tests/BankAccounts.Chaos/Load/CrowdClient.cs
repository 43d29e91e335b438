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
    private const int MaxOpenPerConnection = 500;

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

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
    public int Accepted => accepted;

    /// <summary>Commands that were refused with OVERLOADED and a time to wait.</summary>
    public int Refused => refused;

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

    /// <summary>Calls come at their times, whatever became of those before. Gives how many of them came in a second.</summary>
    public async Task<double> InOpenLoopAsync(double perSecond, TimeSpan time)
    {
        var calls = new List<Task>();
        var clock = Stopwatch.StartNew();
        for (var due = 0; clock.Elapsed < time; due++)
        {
            while (clock.Elapsed.TotalSeconds * perSecond < due)
            {
                await Task.Delay(1);
            }
            if (Volatile.Read(ref open) < connections * MaxOpenPerConnection)
            {
                calls.Add(CallAsync());
            }
        }
        var offered = calls.Count / clock.Elapsed.TotalSeconds;
        await Task.WhenAll(calls);
        return offered;
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
