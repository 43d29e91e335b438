using System.Diagnostics;
using BankAccounts.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Load;

/// <summary>
/// As many deposits as will go, to compare a call for each with batches in streams. It does not ask again: what
/// was not accepted is counted by its reason.
/// </summary>
public sealed class VolumeDriver(LoadOptions options, IReadOnlyList<string> accounts) : IDisposable
{
    private const int BatchCommands = 500;

    private readonly GrpcChannel[] channels =
        [.. Enumerable.Range(0, options.Connections).Select(_ => GrpcChannel.ForAddress(options.Address))];

    /// <summary>One call for each deposit, so many at once as the options say.</summary>
    public async Task<LoadReport> RunUnaryAsync(int commands, CancellationToken cancellation = default)
    {
        var report = new LoadReport { Accounts = accounts };
        var clients = channels.Select(channel => new CommandService.CommandServiceClient(channel)).ToArray();
        var clock = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, options.InFlight).Select(async worker =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < commands)
            {
                var begun = clock.Elapsed;
                report.Count(
                    await DepositAsync(clients[worker % clients.Length], number, cancellation), clock.Elapsed - begun);
            }
        }));
        report.Elapsed = clock.Elapsed;
        return report;
    }

    /// <summary>One stream on each connection, with so many commands under way in each.</summary>
    public async Task<LoadReport> RunExecuteAsync(
        int commands, int underWayPerStream, CancellationToken cancellation = default)
    {
        var report = new LoadReport { Accounts = accounts };
        var clock = Stopwatch.StartNew();
        var perStream = commands / channels.Length;
        await Task.WhenAll(channels.Select((channel, stream) => Task.Run(
            () => StreamAsync(channel, stream * perStream, perStream, underWayPerStream, clock, report, cancellation),
            cancellation)));
        report.Elapsed = clock.Elapsed;
        return report;
    }

    public void Dispose() => Array.ForEach(channels, channel => channel.Dispose());

    private async Task StreamAsync(
        GrpcChannel channel,
        int from,
        int count,
        int underWay,
        Stopwatch clock,
        LoadReport report,
        CancellationToken cancellation)
    {
        using var call = new CommandService.CommandServiceClient(channel).Execute(cancellationToken: cancellation);
        var begun = new TimeSpan[count];
        using var places = new SemaphoreSlim(underWay);
        var reading = Task.Run(
            async () =>
            {
                await foreach (var response in call.ResponseStream.ReadAllAsync(cancellation))
                {
                    foreach (var result in response.Results)
                    {
                        report.Count(OutcomeOf(result), clock.Elapsed - begun[(int)result.Tag]);
                    }
                    places.Release(response.Results.Count);
                }
            },
            cancellation);
        for (var sent = 0; sent < count;)
        {
            var batch = new ExecuteRequest();
            var size = Math.Min(BatchCommands, count - sent);
            for (var i = 0; i < size; i++)
            {
                await places.WaitAsync(cancellation);
                begun[sent] = clock.Elapsed;
                batch.Commands.Add(new Command { Tag = (ulong)sent, Deposit = DepositOf(from + sent) });
                sent++;
            }
            await call.RequestStream.WriteAsync(batch, cancellation);
        }
        await call.RequestStream.CompleteAsync();
        await reading;
    }

    private async Task<string> DepositAsync(
        CommandService.CommandServiceClient client, int number, CancellationToken cancellation)
    {
        try
        {
            await client.DepositAsync(DepositOf(number), deadline: DateTime.UtcNow.AddSeconds(30), cancellationToken: cancellation);
            return "OK";
        }
        catch (RpcException error)
        {
            return error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? error.StatusCode.ToString();
        }
    }

    private DepositRequest DepositOf(int number) =>
        new() { AccountId = accounts[number % accounts.Count], Amount = 1 };

    private static string OutcomeOf(CommandResult result) =>
        result.Error is null ? "OK" : result.Error.GetDetail<ErrorInfo>()?.Reason ?? "?";
}
