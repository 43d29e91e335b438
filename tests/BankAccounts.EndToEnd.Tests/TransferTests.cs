using Aspire.Hosting.Testing;
using BankAccounts.Load;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

[Collection(SharedBank.Name)]
public sealed class TransferTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task A_transfer_moves_money_and_its_caller_gets_the_final_decision()
    {
        foreach (var (from, to) in await PairsAsync())
        {
            var request = new TransferRequest
            {
                FromAccountId = from,
                ToAccountId = to,
                Amount = 300,
                RequestId = "rent",
                Description = "rent",
            };
            var answer = await bank.Commands.TransferAsync(request, deadline: Bank.In(30));
            Assert.Equal(Outcome.Accepted, answer.Decision.Outcome);
            Assert.Equal(700, answer.Decision.Balance);
            Assert.Equal(answer, await bank.NewCommands().TransferAsync(request, deadline: Bank.In(30)));

            Assert.Equal(700, (await bank.GetAccountAsync(from)).Balance);
            Assert.Equal(1_300, (await bank.GetAccountAsync(to)).Balance);
            var transfer = (await bank.Queries.GetTransferAsync(
                new GetTransferRequest { TransferId = answer.TransferId })).Transfer;
            Assert.Equal(TransferState.Settled, transfer.State);
            Assert.Equal((from, to, 300), (transfer.FromAccountId, transfer.ToAccountId, transfer.Amount));
        }
    }

    [Fact]
    public async Task What_the_destination_refuses_comes_back()
    {
        var from = await bank.OpenAccountAsync(balance: 1_000);
        var closed = await bank.OpenAccountAsync(balance: 0);
        await bank.Commands.CloseAccountAsync(
            new CloseAccountRequest { AccountId = closed }, deadline: Bank.In(30));
        var euros = (await bank.Commands.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Anna", CurrencyCode = "EUR" })).AccountId;
        var unknown = AccountId.NewRandom(12).ToString();

        foreach (var (to, reason) in new[]
        {
            (closed, "DESTINATION_CLOSED"),
            (euros, "DESTINATION_CURRENCY_MISMATCH"),
            (unknown, "DESTINATION_NOT_FOUND"),
        })
        {
            var refusal = await Refusal.OfAsync(bank.Commands.TransferAsync(
                new TransferRequest { FromAccountId = from, ToAccountId = to, Amount = 10 },
                deadline: Bank.In(30)));
            Assert.Equal((StatusCode.FailedPrecondition, reason), (refusal.Code, refusal.Reason));
            Assert.Equal("1000", refusal.Info.Metadata["balance"]);
        }
        Assert.Equal(1_000, (await bank.GetAccountAsync(from)).Balance);
    }

    [Fact]
    public async Task What_the_source_refuses_is_refused_at_once()
    {
        var from = await bank.OpenAccountAsync(balance: 10);
        var to = await bank.OpenAccountAsync(balance: 0);
        var tooMuch = new TransferRequest { FromAccountId = from, ToAccountId = to, Amount = 11 };
        Assert.Equal("INSUFFICIENT_FUNDS", (await Refusal.OfAsync(bank.Commands.TransferAsync(tooMuch))).Reason);
        var same = new TransferRequest { FromAccountId = from, ToAccountId = from, Amount = 1 };
        Assert.Equal("SAME_ACCOUNT", (await Refusal.OfAsync(bank.Commands.TransferAsync(same))).Reason);
        var close = new CloseAccountRequest { AccountId = from };
        Assert.Equal("BALANCE_NOT_ZERO", (await Refusal.OfAsync(bank.Commands.CloseAccountAsync(close))).Reason);
    }

    [Fact]
    public async Task Ten_thousand_transfers_with_projectors_killed_meanwhile_lose_and_double_nothing()
    {
        using var driver = new LoadDriver(new LoadOptions
        {
            Address = bank.App.GetEndpoint("command-service", "http"),
            Seed = 7,
        });
        var load = driver.RunAsync();
        for (var kill = 0; kill < 2; kill++)
        {
            await Task.WhenAny(load, Task.Delay(TimeSpan.FromSeconds(2)));
            await bank.KillProjectorAsync(partition: kill);
            await bank.StartEndedReplicasAsync("projection-service");
        }
        var report = await load;

        Assert.Equal(10_000, report.Outcomes.Values.Sum());
        Assert.DoesNotContain("GAVE_UP", report.Outcomes.Keys);
        await Eventually.BecomesTrue(
            async () => (await bank.UnsettledTransfersAsync()) == 0,
            "no transfer is unsettled",
            TimeSpan.FromMinutes(2));
        var balances = await Task.WhenAll(report.Accounts.Select(account => bank.GetAccountAsync(account)));
        Assert.Equal(200 * 1_000, balances.Sum(account => account.Balance));
        Assert.All(balances, account => Assert.True(account.Balance >= 0));

        await VerifySaysEqualAsync();

        var before = await bank.StandingsAsync();
        await bank.FlushRedisAsync();
        await Eventually.BecomesTrue(
            async () => string.Join('\n', await bank.StandingsAsync()) == string.Join('\n', before),
            "everything is back, at the same positions with the same digests",
            TimeSpan.FromMinutes(2));
        var afterwards = await Task.WhenAll(report.Accounts.Select(account => bank.GetAccountAsync(account)));
        Assert.Equal(balances, afterwards);
        await VerifySaysEqualAsync();
    }

    private async Task VerifySaysEqualAsync()
    {
        var verdict = await bank.VerifyAsync();
        Assert.True(verdict.Equal, verdict.Difference?.ToString());
    }

    /// <summary>Two accounts in two partitions, and two in the same one.</summary>
    private async Task<List<(string From, string To)>> PairsAsync()
    {
        var pairs = new List<(string, string)>();
        foreach (var isSame in new[] { false, true })
        {
            var from = await bank.OpenAccountAsync(balance: 1_000);
            string to;
            do
            {
                to = await bank.OpenAccountAsync(balance: 1_000);
            }
            while (Bank.PartitionOf(from) == Bank.PartitionOf(to) != isSame);
            pairs.Add((from, to));
        }
        return pairs;
    }
}
