using System.Diagnostics;
using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Fuzz;

/// <summary>
/// Somebody who means well, meanwhile: every call of his must succeed, and soon.
/// </summary>
internal sealed class PoliteCaller(FuzzTarget bank, Books books, Findings findings)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly List<TimeSpan> latencies = [];

    public int Calls => latencies.Count;

    /// <summary>Calls until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var commandChannel = GrpcChannel.ForAddress(bank.Addresses[(int)BankService.Command]);
        using var queryChannel = GrpcChannel.ForAddress(bank.Addresses[(int)BankService.Query]);
        using var ledgerChannel = GrpcChannel.ForAddress(bank.Addresses[(int)BankService.Ledger]);
        var commands = new CommandService.CommandServiceClient(commandChannel);
        var queries = new QueryService.QueryServiceClient(queryChannel);
        var ledger = new LedgerService.LedgerServiceClient(ledgerChannel);
        var account = await CallAsync(() => commands.CreateAccountAsync(new() { HolderName = "Polite" }, deadline: Soon()));
        while (!stop.IsCancellationRequested && account is not null)
        {
            var deposit = new DepositRequest { AccountId = account.AccountId, Amount = 1 };
            var deposited = await CallAsync(() => commands.DepositAsync(deposit, deadline: Soon()));
            if (deposited is null)
            {
                return;
            }
            books.Decided(deposit, deposited.Decision);
            var question = new GetAccountRequest
            {
                AccountId = account.AccountId,
                MinPosition = { deposited.Decision.Position },
                AllowStale = true,
            };
            await CallAsync(() => queries.GetAccountAsync(question, deadline: Soon()));
            await CallAsync(() => ledger.ListChannelsAsync(new(), deadline: Soon()));
            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A share of the calls took at most so long.</summary>
    public TimeSpan Latency(double share) =>
        latencies.Count == 0 ? TimeSpan.Zero : latencies.Order().ElementAt((int)(share * (latencies.Count - 1)));

    private async Task<T?> CallAsync<T>(Func<AsyncUnaryCall<T>> call)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        try
        {
            using var calling = call();
            return await calling.ResponseAsync;
        }
        catch (RpcException error)
        {
            findings.Add($"a polite call for {typeof(T).Name} failed after {clock.Elapsed}: {error.Status}");
            return null;
        }
        finally
        {
            latencies.Add(clock.Elapsed);
        }
    }

    private static DateTime Soon() => DateTime.UtcNow + Deadline;
}
