using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>What operators and auditors ask of a running bank.</summary>
[Collection(SharedBank.Name)]
public sealed class LedgerServiceTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task Status_says_of_all_12_partitions_who_folds_them_and_that_nothing_is_behind()
    {
        await bank.OpenAccountAsync(balance: 25);
        IReadOnlyList<PartitionStatus> partitions = [];
        await Eventually.BecomesTrue(
            async () =>
            {
                partitions = (await bank.Ledger.GetStatusAsync(new GetStatusRequest(), deadline: Bank.In(20))).Partitions;
                return partitions.All(partition => partition is { State: PartitionState.Folding, Lag: 0 });
            },
            "all partitions are folded up to their ends");

        Assert.Equal(Enumerable.Range(0, 12), partitions.Select(partition => partition.Partition));
        Assert.All(partitions, partition =>
        {
            Assert.Equal(partition.EndOffset, partition.Position);
            Assert.Equal(64, partition.LogDigest.Length);
            Assert.Equal(64, partition.DecisionDigest.Length);
            Assert.NotEmpty(partition.OwnerInstance);
            Assert.True(partition.OwnerProcessId > 0);
            Assert.InRange(DateTime.UtcNow - partition.SeenTime.ToDateTime(), TimeSpan.FromSeconds(-5), TimeSpan.FromMinutes(1));
            Assert.Empty(partition.HaltedReason);
            Assert.Equal(-1, partition.RebuildPosition);
        });
        Assert.True(partitions.Sum(partition => partition.Counters.Accounts) >= 1);
        Assert.True(partitions.Sum(partition => partition.Counters.Accepted) >= 2);
    }

    [Fact]
    public async Task Verify_finds_the_bank_equal_names_a_planted_difference_and_Rebuild_heals_it()
    {
        var account = await bank.OpenAccountAsync(balance: 125);
        var other = await bank.OpenAccountAsync(balance: 1);
        await bank.Commands.TransferAsync(
            new TransferRequest { FromAccountId = account, ToAccountId = other, Amount = 25 }, deadline: Bank.In(30));
        Assert.True(AccountId.TryParse(account, out var id));

        var before = await bank.VerifyAsync();
        Assert.True(before.Equal, before.Difference?.ToString());
        Assert.Equal(12, before.Partitions.Count);
        Assert.Equal(
            Int128.Parse(before.Money.Deposits) - Int128.Parse(before.Money.Withdrawals),
            Int128.Parse(before.Money.Balances) + Int128.Parse(before.Money.InFlight) - Int128.Parse(before.Money.Ahead));

        var planted = await PlantAsync(id);
        var found = await bank.VerifyAsync(id.Partition);
        Assert.False(found.Equal);
        Assert.Equal((id.Partition, "accounts", account), (found.Difference.Partition, found.Difference.Kind, found.Difference.Key));
        Assert.Equal(planted.ToString(), found.Difference.Found);

        RebuildResponse? last = null;
        using (var rebuild = bank.Ledger.Rebuild(
            new RebuildRequest { Partitions = { id.Partition } }, deadline: Bank.In(120)))
        {
            await foreach (var step in rebuild.ResponseStream.ReadAllAsync())
            {
                last = step;
            }
        }
        Assert.True(last?.Done);

        var after = await bank.VerifyAsync();
        Assert.True(after.Equal, after.Difference?.ToString());
        Assert.Equal(100, (await bank.GetAccountAsync(account)).Balance);
        // The owner takes commands on the new state.
        var decision = (await bank.Commands.DepositAsync(
            new DepositRequest { AccountId = account, Amount = 1 }, deadline: Bank.In(30))).Decision;
        Assert.Equal(101, decision.Balance);
    }

    [Fact]
    public async Task A_partition_that_does_not_exist_is_refused()
    {
        using var verify = bank.Ledger.Verify(new VerifyRequest { Partitions = { 12 } }, deadline: Bank.In(30));
        var error = await Assert.ThrowsAsync<RpcException>(
            () => verify.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(["partitions"], Refusal.Of(error).Fields);
    }

    /// <summary>Changes one balance in Redis behind the bank's back.</summary>
    private async Task<StoredAccount> PlantAsync(AccountId id)
    {
        var database = (await bank.RedisAsync()).GetDatabase();
        var generation = (long)await database.HashGetAsync(RedisKeys.Root(id.Partition), "generation");
        var accounts = new RedisKeys(id.Partition, generation).Accounts;
        var stored = StoredAccount.Parser.ParseFrom((byte[])(await database.HashGetAsync(accounts, id.ToByteArray()))!);
        stored.Balance += 1_000_000;
        await database.HashSetAsync(accounts, id.ToByteArray(), stored.ToByteArray());
        return stored;
    }
}
