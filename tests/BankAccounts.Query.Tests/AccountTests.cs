using BankAccounts.EndToEnd.Tests;
using BankAccounts.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>An account now, at a time and at a version; and what every read does with positions.</summary>
public sealed class AccountTests(QueryHost host) : QueryTest(host)
{
    [Fact]
    public async Task As_of_a_version_and_as_of_a_time_each_tell_the_account_of_then()
    {
        await GivenLongHistoryAsync(Alice, 1_200);
        foreach (var number in (int[])[1, 2, 255, 256, 257, 300, 513, 1_023, 1_200])
        {
            var answer = await Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfTime = TimeOf(number, 999) });
            Assert.Equal(BalanceAfter(number), answer.Account.Balance);
            Assert.Equal(At(Partition, 1_199), answer.Position);
            var version = answer.Account.Version;
            Assert.Equal(number - ((number - 1) / 4), version);
            Assert.Equal(
                answer.Account,
                (await Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfVersion = version })).Account);
        }
        var now = await Queries.GetAccountAsync(new() { AccountId = Alice.ToString() });
        Assert.Equal(now, await Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfTime = TimeOf(9_000) }));
    }

    [Fact]
    public async Task A_place_in_a_long_history_is_found_by_a_few_reads()
    {
        await GivenLongHistoryAsync(Alice, 20_000);
        var before = await Host.ScriptsAsync();
        await Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfTime = TimeOf(7_777) });
        // The account, a binary search over 79 pages, and the entry.
        Assert.InRange(await Host.ScriptsAsync() - before, 3, 1 + 7 + 1);
    }

    [Fact]
    public async Task The_very_instant_of_an_entry_is_in_the_answer_and_the_one_before_is_not()
    {
        await GivenAsync(Create(Alice).At(StartMs), Deposit(Alice, 5).At(StartMs + 1_000), Deposit(Alice, 7).At(StartMs + 1_000));

        Assert.Equal(12, (await AtAsync(TimeOf(2))).Balance);
        Assert.Equal(0, (await AtAsync(TimeOf(2, -1))).Balance);
        var almost = TimeOf(2);
        (almost.Seconds, almost.Nanos) = (almost.Seconds - 1, 999_999_999);
        Assert.Equal(0, (await AtAsync(almost)).Balance);

        var early = await Refusal.OfAsync(Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfTime = TimeOf(1, -1) }));
        Refused(early, StatusCode.NotFound, "ACCOUNT_NOT_OPENED_YET");
        Assert.Equal("2023-11-14T22:13:20.0000000Z", early.Info.Metadata["create_time"]);

        async Task<Account> AtAsync(Timestamp time) =>
            (await Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfTime = time })).Account;
    }

    [Fact]
    public async Task A_closed_account_was_open_before_and_what_was_refused_afterwards_changes_nothing()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 5), Withdraw(Alice, 5), Close(Alice), Deposit(Alice, 9));

        async Task<(AccountState, long)> AtAsync(long version)
        {
            var account = (await Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfVersion = version })).Account;
            return (account.State, account.Balance);
        }
        Assert.Equal((AccountState.Open, 5), await AtAsync(2));
        Assert.Equal((AccountState.Open, 0), await AtAsync(3));
        Assert.Equal((AccountState.Closed, 0), await AtAsync(4));
        var beyond = await Refusal.OfAsync(Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AsOfVersion = 5 }));
        Refused(beyond, StatusCode.OutOfRange, "VERSION_NOT_REACHED");
        Assert.Equal("4", beyond.Info.Metadata["version"]);
    }

    [Fact]
    public async Task A_read_waits_for_its_position_and_is_woken_by_the_commit()
    {
        await GivenAsync(Create(Alice));
        var waiting = Queries.GetAccountAsync(
            new() { AccountId = Alice.ToString(), MinPosition = { At(Partition, 1) } }, deadline: QueryHost.In(30)).ResponseAsync;
        var history = Queries.ListHistoryAsync(
            new() { AccountId = Alice.ToString(), MinPosition = { At(Partition, 1) } }, deadline: QueryHost.In(30)).ResponseAsync;
        await GivenAsync(Deposit(Alice, 5));

        Assert.Equal(5, (await waiting).Account.Balance);
        Assert.Equal(2, (await history).Entries.Count);
    }

    [Fact]
    public async Task A_position_beyond_the_end_is_waited_for_until_the_deadline()
    {
        await GivenAsync(Create(Alice));
        var late = await Refusal.OfAsync(Queries.GetAccountAsync(
            new() { AccountId = Alice.ToString(), MinPosition = { At(Partition, 1) } }, deadline: QueryHost.In(2.5)));
        Refused(late, StatusCode.DeadlineExceeded, "POSITION_NOT_REACHED");
        Assert.Equal(("1", "0"), (late.Info.Metadata["min_position"], late.Info.Metadata["position"]));
    }

    [Fact]
    public async Task Malformed_fields_are_named_and_what_is_not_there_is_not_found()
    {
        await GivenAsync(Create(Alice));
        Malformed(await Refusal.OfAsync(Queries.GetAccountAsync(new() { AccountId = "x", AsOfVersion = 0 })), "account_id", "as_of_version");
        Malformed(
            await Refusal.OfAsync(Queries.GetAccountAsync(new()
            {
                AccountId = Alice.ToString(),
                AsOfTime = new Timestamp { Seconds = 1, Nanos = -1 },
                MinPosition = { At(8, 0) },
            })),
            "as_of_time", "min_position");
        foreach (var minPosition in (Position[][])[[At(-1, 0)], [At(1, -1)], [At(1, 2), At(1, 3)], [At(0, long.MaxValue)]])
        {
            Malformed(
                await Refusal.OfAsync(Queries.GetAccountAsync(
                    new() { AccountId = Alice.ToString(), MinPosition = { minPosition } })),
                "min_position");
        }
        foreach (var id in (AccountId[])[Bob, Id(1, 900)])
        {
            var unknown = id.ToString();
            Refused(await Refusal.OfAsync(Queries.GetAccountAsync(new() { AccountId = unknown })), StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
            Refused(await Refusal.OfAsync(Queries.GetAccountAsync(new() { AccountId = unknown, AsOfVersion = 1 })), StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
            Refused(await Refusal.OfAsync(Queries.ListHistoryAsync(new() { AccountId = unknown })), StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
            Refused(await RefusalOfAsync(Queries.GetStatement(new() { AccountId = unknown })), StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
            Refused(await RefusalOfAsync(Queries.WatchAccount(new() { AccountId = unknown })), StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
        }
    }

    [Fact]
    public async Task While_a_partition_is_folded_again_reads_say_so_unless_they_may_be_stale()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 5));
        await Host.Database.HashSetAsync("{bank:3}", "catch_up", 9);

        await AllReadsSayThatItIsRebuiltAsync(allowStale: false);
        Assert.Equal(5, (await Queries.GetAccountAsync(new() { AccountId = Alice.ToString(), AllowStale = true })).Account.Balance);
        Assert.Single((await Queries.ListAccountsAsync(new() { AllowStale = true })).Accounts);
        Assert.Equal(2, (await Queries.ListHistoryAsync(new() { AccountId = Alice.ToString(), AllowStale = true })).Entries.Count);
    }

    [Fact]
    public async Task What_a_commit_has_left_midway_is_read_by_nobody()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 5));
        var generation = await Host.Database.HashGetAsync("{bank:3}", "generation");
        await Host.Database.HashSetAsync($"{{bank:3}}:{generation}:head", "dirty", 3);

        await AllReadsSayThatItIsRebuiltAsync(allowStale: false);
        await AllReadsSayThatItIsRebuiltAsync(allowStale: true);
    }

    private async Task AllReadsSayThatItIsRebuiltAsync(bool allowStale)
    {
        var alice = Alice.ToString();
        Refusal[] refusals =
        [
            await Refusal.OfAsync(Queries.GetAccountAsync(new() { AccountId = alice, AllowStale = allowStale })),
            await Refusal.OfAsync(Queries.ListHistoryAsync(new() { AccountId = alice, AllowStale = allowStale })),
            await Refusal.OfAsync(Queries.ListAccountsAsync(new() { AllowStale = allowStale })),
            await RefusalOfAsync(Queries.GetStatement(new() { AccountId = alice, AllowStale = allowStale })),
            await RefusalOfAsync(Queries.WatchAccount(new() { AccountId = alice })),
            await Refusal.OfAsync(Queries.GetDecisionAsync(new() { Position = At(3, 0) })),
        ];
        Assert.All(refusals, refusal => Refused(refusal, StatusCode.Unavailable, "REBUILDING"));
    }
}
