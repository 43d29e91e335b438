using BankAccounts.EndToEnd.Tests;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>An account's changes, each exactly once, whatever happens meanwhile.</summary>
public sealed class WatchTests(QueryHost host) : QueryTest(host)
{
    [Fact]
    public async Task The_first_message_is_the_account_and_then_comes_each_change_as_it_happens()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 5));
        using var watch = Watch(new());
        var first = await NextAsync(watch);
        Assert.Equal((5, 2, null), (first.Account.Balance, first.Account.Version, first.Entry));
        Assert.Equal(At(Partition, 1), first.Position);

        await GivenAsync(Withdraw(Alice, 2), Withdraw(Alice, 900), Deposit(Alice, 7));
        var (withdrawn, deposited) = (await NextAsync(watch), await NextAsync(watch));
        Assert.Equal((3, 3, EntryKind.Withdraw), (withdrawn.Account.Balance, withdrawn.Account.Version, withdrawn.Entry.Kind));
        Assert.Equal((10, 4, 5), (deposited.Account.Balance, deposited.Account.Version, deposited.Entry.Number));
        Assert.Equal(At(Partition, 4), deposited.Position);

        await GivenAsync(Withdraw(Alice, 10), Close(Alice), Deposit(Bob, 1));
        await NextAsync(watch);
        Assert.Equal(AccountState.Closed, (await NextAsync(watch)).Account.State);
    }

    [Fact]
    public async Task A_watcher_resumes_from_a_version_without_a_gap_or_a_double_also_across_sealed_pages()
    {
        await GivenLongHistoryAsync(Alice, 1_000);
        foreach (var from in (long[])[0, 1, 200, 750, 751])
        {
            using var watch = Watch(new() { FromVersion = from });
            Assert.Equal(751, (await NextAsync(watch)).Account.Version);
            for (var version = from + 1; version <= 751; version++)
            {
                var change = await NextAsync(watch);
                Assert.Equal((version, version), (change.Account.Version, change.Entry.Decision.Version));
                Assert.Equal(BalanceAfter(change.Entry.Number), change.Account.Balance);
            }
        }
        var refusal = await RefusalOfAsync(Watch(new() { FromVersion = 752 }));
        Refused(refusal, StatusCode.OutOfRange, "VERSION_NOT_REACHED");
        Assert.Equal("751", refusal.Info.Metadata["version"]);
        Malformed(await RefusalOfAsync(Watch(new() { FromVersion = -1 })), "from_version");
    }

    [Fact]
    public async Task Many_changes_at_once_reach_every_watcher_in_order()
    {
        await GivenAsync(Create(Alice));
        var watches = Enumerable.Range(0, 10).Select(_ => Watch(new())).ToList();
        foreach (var watch in watches)
        {
            await NextAsync(watch);
        }
        for (var i = 0; i < 600; i++)
        {
            Log.Append(Deposit(Alice, 1));
        }
        await Host.FoldAsync(Log, batchSize: 50);
        await Host.SealAsync(Alice);
        foreach (var watch in watches)
        {
            for (var version = 2; version <= 601; version++)
            {
                Assert.Equal(version, (await NextAsync(watch)).Account.Version);
            }
            watch.Dispose();
        }
    }

    [Fact]
    public async Task A_loss_of_Redis_is_outlasted_and_what_was_told_is_not_told_again()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 1), Deposit(Alice, 2));
        using var watch = Watch(new() { FromVersion = 1 });
        foreach (var version in (long[])[3, 2, 3])
        {
            Assert.Equal(version, (await NextAsync(watch)).Account.Version);
        }

        // Everything is gone, comes back, and goes on.
        await Host.BeginAsync();
        await GivenAsync(Deposit(Alice, 4), Deposit(Alice, 8));
        Assert.Equal(4, (await NextAsync(watch)).Account.Version);
        Assert.Equal(15, (await NextAsync(watch)).Account.Balance);
    }

    [Fact]
    public async Task A_rebuild_is_not_noticed()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 1));
        using var watch = Watch(new());
        await NextAsync(watch);
        await Host.RebuildAsync(Log, Partition);
        await GivenAsync(Deposit(Alice, 4));
        var change = await NextAsync(watch);
        Assert.Equal((3, 5), (change.Account.Version, change.Account.Balance));
    }

    [Fact]
    public async Task A_message_that_was_lost_is_made_good_by_a_look()
    {
        await GivenAsync(Create(Alice));
        using var watch = Watch(new());
        await NextAsync(watch);
        // The connections end, and with them whatever is being pushed just then.
        await Host.Database.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await GivenAsync(Deposit(Alice, 4));
        Assert.Equal(4, (await NextAsync(watch)).Account.Balance);
    }

    [Fact]
    public async Task Watchers_that_never_read_disturb_nobody_and_no_more_are_taken_than_may_be()
    {
        await GivenAsync(Create(Alice), Create(Bob));
        var idle = Enumerable.Range(0, QueryHost.MaxWatchers - 1).Select(_ => Watch(new() { FromVersion = 0 })).ToList();
        using var reading = Watch(new());
        await NextAsync(reading);
        foreach (var watch in idle)
        {
            await watch.ResponseHeadersAsync;
        }
        var refusal = await RefusalOfAsync(Watch(new()));
        Refused(refusal, StatusCode.ResourceExhausted, "TOO_MANY_WATCHERS");
        var description = new string('é', 200);
        for (var i = 0; i < 3_000; i++)
        {
            Log.Append(Deposit(Alice, 1, description: description));
        }
        await Host.FoldAsync(Log);
        for (var version = 2; version <= 3_001; version++)
        {
            Assert.Equal(version, (await NextAsync(reading)).Account.Version);
        }
        idle.ForEach(watch => watch.Dispose());
        await Eventually.BecomesTrue(
            async () =>
            {
                using var again = Watch(new());
                try
                {
                    return await again.ResponseStream.MoveNext(default);
                }
                catch (RpcException full) when (full.StatusCode == StatusCode.ResourceExhausted)
                {
                    return false;
                }
            },
            "a place is free again");
    }

    [Fact]
    public async Task A_server_that_ends_ends_its_streams_and_what_waits_at_once()
    {
        await GivenAsync(Create(Alice));
        await using var server = await Host.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Urls.Single());
        var queries = new V1.QueryService.QueryServiceClient(channel);
        using var watch = queries.WatchAccount(new() { AccountId = Alice.ToString() });
        await NextAsync(watch);
        var waiting = Refusal.OfAsync(queries.GetAccountAsync(
            new() { AccountId = Alice.ToString(), MinPosition = { At(Partition, 1_000) } }, deadline: QueryHost.In(120)));
        await Task.WhenAny(waiting, queries.GetAccountAsync(new() { AccountId = Alice.ToString() }).ResponseAsync);

        var stopped = server.StopAsync();
        Refused(await RefusalOfAsync(watch), StatusCode.Unavailable, "SHUTTING_DOWN");
        Refused(await waiting, StatusCode.Unavailable, "SHUTTING_DOWN");
        await stopped.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_server_ends_though_its_watchers_do_not_read()
    {
        await GivenLongHistoryAsync(Alice, 5_000);
        await using var server = await Host.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Urls.Single());
        var queries = new V1.QueryService.QueryServiceClient(channel);
        var watches = Enumerable.Range(0, 5).Select(
            _ => queries.WatchAccount(new() { AccountId = Alice.ToString(), FromVersion = 0 })).ToList();
        foreach (var watch in watches)
        {
            await watch.ResponseHeadersAsync;
        }
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        watches.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task One_subscription_serves_all_watchers()
    {
        await GivenAsync(Create(Alice));
        var watches = Enumerable.Range(0, 5).Select(_ => Watch(new())).ToList();
        foreach (var watch in watches)
        {
            await NextAsync(watch);
        }
        Assert.Equal(1, (long)await Host.Database.ExecuteAsync("PUBSUB", "NUMPAT"));
        Assert.EndsWith(":committed", RedisKeys.Committed(3), StringComparison.Ordinal);
        watches.ForEach(watch => watch.Dispose());
    }

    private AsyncServerStreamingCall<WatchAccountResponse> Watch(WatchAccountRequest request)
    {
        request.AccountId = Alice.ToString();
        return Queries.WatchAccount(request, deadline: QueryHost.In(120));
    }

    private static async Task<WatchAccountResponse> NextAsync(AsyncServerStreamingCall<WatchAccountResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(default).WaitAsync(TimeSpan.FromSeconds(30)));
        return watch.ResponseStream.Current;
    }
}
