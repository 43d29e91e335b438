using BankAccounts.Tests.Servers;
using BankAccounts.V1;

namespace BankAccounts.EndToEnd.Tests;

[Collection(SharedBank.Name)]
public sealed class PendingTransferTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task While_the_destination_stands_still_the_caller_gets_PENDING_and_GetTransfer_tells_the_end()
    {
        var (from, to) = await WithDifferentOwnersAsync();
        Assert.True(AccountId.TryParse(to, out var destination));

        // Its partitions stand still until the group misses it.
        await bank.KillProjectorAsync(destination.Partition);
        var answer = await bank.Commands.TransferAsync(
            new TransferRequest { FromAccountId = from, ToAccountId = to, Amount = 30 }, deadline: Bank.In(2));

        Assert.Equal((Outcome.Pending, 70), (answer.Decision.Outcome, answer.Decision.Balance));
        var request = new GetTransferRequest { TransferId = answer.TransferId };
        await Eventually.BecomesTrue(
            async () => (await bank.Queries.GetTransferAsync(request, deadline: Bank.In(30)))
                .Transfer.State == TransferState.Settled,
            "the transfer is settled",
            TimeSpan.FromSeconds(60));
        Assert.Equal(70, (await bank.GetAccountAsync(from)).Balance);
        Assert.Equal(130, (await bank.GetAccountAsync(to)).Balance);
        await bank.StartEndedReplicasAsync("projection-service");
    }

    /// <summary>Two accounts whose partitions are folded by two processes.</summary>
    private async Task<(string From, string To)> WithDifferentOwnersAsync()
    {
        (string From, string To) pair = default;
        await Eventually.BecomesTrue(
            async () =>
            {
                pair = (await bank.OpenAccountAsync(balance: 100), await bank.OpenAccountAsync(balance: 100));
                return await OwnerAsync(pair.From) != await OwnerAsync(pair.To);
            },
            "two accounts have different owners",
            TimeSpan.FromSeconds(60));
        return pair;
    }

    private async Task<int> OwnerAsync(string account)
    {
        Assert.True(AccountId.TryParse(account, out var id));
        return await bank.OwnerProcessAsync(id.Partition);
    }
}
