using System.Diagnostics;
using System.Globalization;
using BankAccounts.Client;
using BankAccounts.V1;

namespace BankAccounts.AppHost.Commands;

/// <summary>
/// Load for a while: callers that each wait for the decision before they ask for the next one, as most callers do.
/// </summary>
internal sealed class LoadCommand(TimeSpan time)
{
    private const int Callers = 64;
    private const int Accounts = 200;
    private const long Opening = 1_000;
    private const long MaxAmount = 500;

    /// <summary>Two loads at once would only measure each other: 1 while one is under way.</summary>
    private int isRunning;

    /// <summary>Makes the load, and says what became of it.</summary>
    /// <exception cref="BankException">The accounts for it could not be opened.</exception>
    public async Task<ExecuteCommandResult> RunAsync(BankClient bank, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref isRunning, 1) == 1)
        {
            return CommandResults.Failure("A load is under way already.");
        }
        try
        {
            var accounts = await OpenAsync(bank, cancellation);
            var report = await MakeAsync(bank, accounts, cancellation);
            return report.Result();
        }
        finally
        {
            Volatile.Write(ref isRunning, 0);
        }
    }

    /// <summary>The same accounts for every load of this bank, each time with some more money.</summary>
    private static async Task<string[]> OpenAsync(BankClient bank, CancellationToken cancellation)
    {
        var ids = new string[Accounts];
        await Parallel.ForAsync(
            0, Accounts, new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellation },
            async (number, end) =>
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"load, account {number}");
                var created = await bank.CreateAccountAsync(
                    new CreateAccountRequest { HolderName = name, RequestId = name }, end);
                ids[number] = created.AccountId;
                await bank.DepositAsync(new DepositRequest { AccountId = created.AccountId, Amount = Opening }, end);
            });
        return ids;
    }

    private async Task<LoadReport> MakeAsync(BankClient bank, string[] accounts, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var reports = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            var report = new LoadReport();
            while (clock.Elapsed < time)
            {
                cancellation.ThrowIfCancellationRequested();
                var began = clock.Elapsed;
                var reason = await CallAsync(bank, accounts, cancellation);
                report.Count(reason, clock.Elapsed - began);
            }
            return report;
        }));
        return LoadReport.Of(reports, clock.Elapsed);
    }

    /// <summary>Empty if it was accepted, otherwise why not.</summary>
    private static async Task<string> CallAsync(BankClient bank, string[] accounts, CancellationToken cancellation)
    {
        var from = Random.Shared.Next(accounts.Length);
        var account = accounts[from];
        var amount = Random.Shared.NextInt64(1, MaxAmount + 1);
        try
        {
            switch (Random.Shared.Next(4))
            {
                case 0:
                    await bank.DepositAsync(new DepositRequest { AccountId = account, Amount = amount }, cancellation);
                    break;
                case 1:
                    await bank.WithdrawAsync(
                        new WithdrawRequest { AccountId = account, Amount = amount }, cancellation);
                    break;
                default:
                    await bank.TransferAsync(
                        new TransferRequest
                        {
                            FromAccountId = account,
                            ToAccountId = accounts[(from + Random.Shared.Next(1, accounts.Length)) % accounts.Length],
                            Amount = amount,
                        },
                        cancellation);
                    break;
            }
            return string.Empty;
        }
        catch (BankException refused)
        {
            return refused.Reason;
        }
    }
}
