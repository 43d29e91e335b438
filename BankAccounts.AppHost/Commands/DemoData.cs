using System.Globalization;
using System.Text;
using BankAccounts.Client;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.AppHost.Commands;

/// <summary>
/// Some accounts with some movements, to look at. Every request has a name of its own, so whoever asks again gets
/// the first decisions; nothing happens twice.
/// </summary>
internal static class DemoData
{
    private static readonly (string Holder, long Opening)[] Accounts =
    [
        ("Ada Lovelace", 250_000), ("Grace Hopper", 120_000), ("Alan Turing", 80_000),
        ("Barbara Liskov", 310_000), ("Edsger Dijkstra", 45_000), ("Leslie Lamport", 99_900),
    ];

    // From, to, minor units, what for; the last one is refused, so that a refusal can be seen as well.
    private static readonly (int From, int To, long Amount, string Description)[] Transfers =
    [
        (0, 2, 12_500, "Bombe, share of the parts"), (1, 4, 3_000, "Lunch"), (3, 5, 45_000, "Clocks"),
        (4, 0, 1_999, "Structured notes"), (5, 1, 20_000, "Compiler"), (2, 4, 500_000, "A computing machine"),
    ];

    /// <summary>Adds what is not there yet, and says how much that was.</summary>
    public static async Task<ExecuteCommandResult> AddAsync(BankClient bank, CancellationToken cancellation)
    {
        var accounts = new List<Account>();
        foreach (var (holder, opening) in Accounts)
        {
            var created = await bank.CreateAccountAsync(
                new CreateAccountRequest { HolderName = holder, RequestId = $"demo, {holder}" }, cancellation);
            accounts.Add(await ReadAsync(bank, created.AccountId, cancellation));
            await bank.DepositAsync(
                new DepositRequest
                {
                    AccountId = created.AccountId,
                    Amount = opening,
                    RequestId = "demo, opening",
                    Description = "Opening balance",
                },
                cancellation);
        }
        for (var number = 0; number < Transfers.Length; number++)
        {
            await TransferAsync(bank, accounts, number, cancellation);
        }
        return await ResultAsync(bank, accounts, cancellation);
    }

    private static async Task TransferAsync(
        BankClient bank, List<Account> accounts, int number, CancellationToken cancellation)
    {
        var (from, to, amount, description) = Transfers[number];
        try
        {
            await bank.TransferAsync(
                new TransferRequest
                {
                    FromAccountId = accounts[from].AccountId,
                    ToAccountId = accounts[to].AccountId,
                    Amount = amount,
                    RequestId = string.Create(CultureInfo.InvariantCulture, $"demo, transfer {number}"),
                    Description = description,
                },
                cancellation);
        }
        catch (BankException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
        {
            // The last one is to be; and whoever emptied an account meanwhile has their reasons.
        }
    }

    /// <param name="bank">The bank.</param>
    /// <param name="before">The accounts as they were after they were opened, or as they were found.</param>
    /// <param name="cancellation">Ends it.</param>
    private static async Task<ExecuteCommandResult> ResultAsync(
        BankClient bank, List<Account> before, CancellationToken cancellation)
    {
        var opened = before.Count(account => account.Version == 1);
        var changes = 0L;
        var lines = new StringBuilder();
        foreach (var account in before)
        {
            var now = await ReadAsync(bank, account.AccountId, cancellation);
            changes += now.Version - account.Version;
            lines.AppendLine(CultureInfo.InvariantCulture,
                $"{now.AccountId}  {now.HolderName,-16} {now.Balance / 100m,10:F2} {now.CurrencyCode}");
        }
        var message = opened == 0 && changes == 0
            ? "The demo data was there already; nothing was added."
            : string.Create(CultureInfo.InvariantCulture, $"Opened {opened} accounts, with {changes} movements.");
        return CommandResults.Success(message, new CommandResultData { Value = lines.ToString().TrimEnd() });
    }

    private static async Task<Account> ReadAsync(BankClient bank, string accountId, CancellationToken cancellation) =>
        (await bank.GetAccountAsync(new GetAccountRequest { AccountId = accountId }, cancellation)).Account;
}
