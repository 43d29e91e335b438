using System.Net;
using Aspire.Hosting.Testing;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// A Redis Cluster of three nodes: all keys of a partition are on one of them, and what happens to that one
/// concerns nobody else.
/// </summary>
[Collection(ClusterBank.Name)]
public sealed class RedisClusterTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private static readonly TimeSpan Rebuilding = TimeSpan.FromSeconds(60);

    /// <summary>How long a payment may take while a node is away that it has nothing to do with.</summary>
    private static readonly TimeSpan AlmostNoWait = TimeSpan.FromSeconds(3);

    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task Transfers_lists_verification_and_rebuilds_span_the_nodes()
    {
        var owners = await OwnersAsync();
        Assert.Equal(3, owners.Distinct().Count());

        var name = $"Ring {Guid.NewGuid()}";
        var accounts = new List<string>();
        while (accounts.Select(Bank.PartitionOf).Distinct().Count() < Bank.Partitions)
        {
            var created = await bank.Commands.CreateAccountAsync(
                new() { HolderName = $"{name} {accounts.Count}" }, deadline: Bank.In(30));
            accounts.Add(created.AccountId);
            await bank.Commands.DepositAsync(new() { AccountId = created.AccountId, Amount = 10 }, deadline: Bank.In(30));
        }
        for (var number = 0; number < accounts.Count; number++)
        {
            var answer = await bank.Commands.TransferAsync(
                new()
                {
                    FromAccountId = accounts[number],
                    ToAccountId = accounts[(number + 1) % accounts.Count],
                    Amount = 7,
                },
                deadline: Bank.In(30));
            Assert.Equal(Outcome.Accepted, answer.Decision.Outcome);
        }
        var listed = await bank.Queries.ListAccountsAsync(
            new() { HolderNamePrefix = name, PageSize = 1_000 }, deadline: Bank.In(30));
        Assert.Equal(accounts.Order(), listed.Accounts.Select(account => account.AccountId).Order());
        Assert.All(listed.Accounts, account => Assert.Equal(10, account.Balance));

        await RebuildAsync();
        await VerifySaysEqualAsync();
    }

    [Fact]
    public async Task A_node_that_is_killed_takes_its_partitions_with_it_and_no_others()
    {
        var (there, elsewhere) = await AccountsThereAndElsewhereAsync();
        await using var payerThere = await Payer.StartAsync(bank, there);
        await using var payerElsewhere = await Payer.StartAsync(bank, elsewhere);
        await Eventually.BecomesTrue(
            () => Task.FromResult(payerThere.Paid > 20 && payerElsewhere.Paid > 20), "payments go on");
        var server = await ServerOfAsync(there);

        await bank.KillAsync(server);
        var (paidThere, paidElsewhere) = (payerThere.Paid, payerElsewhere.Paid);
        await Eventually.BecomesTrue(
            () => Task.FromResult(payerElsewhere.Paid > paidElsewhere + 100), "payments on the other nodes go on");
        Assert.InRange(payerThere.Paid, paidThere, paidThere + 1);
        Assert.True(payerElsewhere.LongestWait < AlmostNoWait, $"One took {payerElsewhere.LongestWait}.");
        output.WriteLine($"The longest payment elsewhere took {payerElsewhere.LongestWait}.");
        await bank.StartAgainAsync(server);

        await Eventually.BecomesTrue(
            () => Task.FromResult(payerThere.Paid > paidThere + 20), "payments go on there as well", Rebuilding);
        await payerThere.StopAsync(bank);
        await payerElsewhere.StopAsync(bank);
        await VerifySaysEqualAsync();
    }

    [Fact]
    public async Task A_node_that_is_emptied_is_built_again_while_the_others_keep_what_they_have()
    {
        var (there, elsewhere) = await AccountsThereAndElsewhereAsync();
        var owners = await OwnersAsync();
        var emptied = owners[Bank.PartitionOf(there)];
        var (standings, generations) = (await bank.StandingsAsync(), await GenerationsAsync());

        using (var admin = await bank.AdministerRedisAsync())
        {
            await admin.GetServer(emptied).FlushAllDatabasesAsync();
        }
        Assert.Equal(1, (await bank.GetAccountAsync(elsewhere)).Balance);
        await Eventually.BecomesTrue(
            async () => (await bank.StandingsAsync()).SequenceEqual(standings),
            "everything is back, at the same positions with the same digests",
            Rebuilding);

        var after = await GenerationsAsync();
        Assert.All(Enumerable.Range(0, Bank.Partitions), partition => Assert.Equal(
            owners[partition].Equals(emptied), after[partition] != generations[partition]));
        Assert.Equal(1, (await bank.GetAccountAsync(there)).Balance);
        await VerifySaysEqualAsync();
    }

    /// <summary>An account on one node and an account on another one, with 1 in each.</summary>
    private async Task<(string There, string Elsewhere)> AccountsThereAndElsewhereAsync()
    {
        var owners = await OwnersAsync();
        var there = await bank.OpenAccountAsync(balance: 1);
        string elsewhere;
        do
        {
            elsewhere = await bank.OpenAccountAsync(balance: 1);
        }
        while (owners[Bank.PartitionOf(elsewhere)].Equals(owners[Bank.PartitionOf(there)]));
        return (there, elsewhere);
    }

    /// <summary>Of each partition, the node that has all of it.</summary>
    private async Task<EndPoint[]> OwnersAsync()
    {
        using var admin = await bank.AdministerRedisAsync();
        var cluster = admin.GetServer(admin.GetEndPoints()[0]).ClusterConfiguration!;
        return [.. Enumerable.Range(0, Bank.Partitions).Select(
            partition => cluster.GetBySlot(RedisKeys.Root(partition))!.EndPoint!)];
    }

    /// <summary>The name of the server that an account is on: the connection string names the nodes in their order.</summary>
    private async Task<string> ServerOfAsync(string account)
    {
        var owner = (IPEndPoint)(await OwnersAsync())[Bank.PartitionOf(account)];
        var nodes = (await bank.App.GetConnectionStringAsync("redis"))!.Split(',');
        return bank.RedisServers[Array.IndexOf(nodes, owner.ToString())];
    }

    private async Task<long[]> GenerationsAsync()
    {
        var database = (await bank.RedisAsync()).GetDatabase();
        return await Task.WhenAll(Enumerable.Range(0, Bank.Partitions).Select(
            async partition => (long)await database.HashGetAsync(RedisKeys.Root(partition), "generation")));
    }

    private async Task RebuildAsync()
    {
        RebuildResponse? last = null;
        using var rebuild = bank.Ledger.Rebuild(new RebuildRequest(), deadline: Bank.In(120));
        await foreach (var step in rebuild.ResponseStream.ReadAllAsync())
        {
            last = step;
        }
        Assert.True(last?.Done);
    }

    private async Task VerifySaysEqualAsync()
    {
        var verdict = await bank.VerifyAsync();
        Assert.True(verdict.Equal, verdict.Difference?.ToString());
    }
}
