using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>Three brokers: each record has three copies, two of which must be there before anybody is told.</summary>
[Collection(ClusterBank.Name)]
public sealed class BrokerTests(ClusterFixture fixture, ITestOutputHelper output)
{
    /// <summary>
    /// The session of a killed broker ends after four seconds; then its partitions get another leader, and the
    /// clients look for it.
    /// </summary>
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Rejoin = TimeSpan.FromSeconds(60);

    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task A_broker_killed_under_commands_delays_them_loses_nothing_and_takes_its_place_again()
    {
        var account = await bank.OpenAccountAsync(balance: 0);
        await using var payer = await Payer.StartAsync(bank, account);
        await using var another = await Payer.StartAsync(bank);
        await Eventually.BecomesTrue(() => Task.FromResult(payer.Paid > 20 && another.Paid > 20), "payments go on");

        var partition = Bank.PartitionOf(account);
        var leader = (await ForeignKafka.PartitionsAsync(bank)).Single(each => each.PartitionId == partition).Leader;
        var broker = $"kafka-broker-{leader}";
        await bank.KillAsync(broker);
        var (before, anothersBefore) = (payer.Paid, another.Paid);
        await Eventually.BecomesTrue(
            () => Task.FromResult(payer.Paid > before + 20 && another.Paid > anothersBefore + 20),
            "payments go on without the broker",
            Failover);
        output.WriteLine($"The longest payment took {payer.LongestWait} and {another.LongestWait}.");
        await bank.StartAgainAsync(broker);
        await AllCopiesAreWholeAsync();

        await payer.StopAsync(bank);
        await another.StopAsync(bank);
    }

    [Fact]
    public async Task While_two_of_three_brokers_are_away_nothing_is_acknowledged_and_afterwards_nothing_is_missing()
    {
        await AllCopiesAreWholeAsync();
        var account = await bank.OpenAccountAsync(balance: 0);
        // The survivor leads: what keeps it from acknowledging is only that nobody else has the record.
        var partition = Bank.PartitionOf(account);
        var leader = (await ForeignKafka.PartitionsAsync(bank)).Single(each => each.PartitionId == partition).Leader;
        var others = bank.Brokers.Where(broker => broker != $"kafka-broker-{leader}").ToArray();
        await Task.WhenAll(others.Select(bank.KillAsync));
        try
        {
            await Eventually.BecomesTrue(
                async () => await CopiesAsync(partition) == 1, "only the leader is left", Failover);
            for (var payment = 0; payment < 3; payment++)
            {
                var error = await Assert.ThrowsAsync<RpcException>(() => StoreAsync(account, payment));
                Assert.True(
                    error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded, error.ToString());
            }
        }
        finally
        {
            await bank.StartAgainAsync(others);
        }
        await AllCopiesAreWholeAsync();

        for (var payment = 0; payment < 3; payment++)
        {
            await Eventually.BecomesTrue(() => IsStoredAsync(account, payment), "it is stored at last", Rejoin);
        }
        var last = await bank.Commands.DepositAsync(
            new DepositRequest { AccountId = account, Amount = 1 }, deadline: Bank.In(30));
        Assert.Equal((4, 5), (last.Decision.Balance, last.Decision.Version));
    }

    /// <summary>Asks for a payment of 1, and waits only until Kafka has it.</summary>
    private async Task StoreAsync(string account, int payment) => await bank.Commands.DepositAsync(
        new DepositRequest
        {
            AccountId = account,
            Amount = 1,
            RequestId = $"payment {payment}",
            WaitFor = WaitFor.Stored,
        },
        deadline: Bank.In(2));

    private async Task<bool> IsStoredAsync(string account, int payment)
    {
        try
        {
            await StoreAsync(account, payment);
            return true;
        }
        catch (RpcException error) when (
            error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            return false;
        }
    }

    /// <summary>How many copies of a partition are whole.</summary>
    private async Task<int> CopiesAsync(int partition) =>
        (await ForeignKafka.PartitionsAsync(bank)).Single(each => each.PartitionId == partition)
        .InSyncReplicas.Length;

    private Task AllCopiesAreWholeAsync() => Eventually.BecomesTrue(
        async () => (await ForeignKafka.PartitionsAsync(bank)).All(
            partition => partition is { Replicas.Length: 3, InSyncReplicas.Length: 3 }),
        "each partition has three copies, and all are whole",
        Rejoin);
}
