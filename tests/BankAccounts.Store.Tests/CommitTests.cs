using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using BankAccounts.Tests.Servers;
using StackExchange.Redis;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>One script takes a batch, all or nothing, only where it began.</summary>
public sealed class CommitTests(Redis redis) : StoreTest(redis)
{
    [Fact]
    public async Task What_a_late_owner_says_of_the_end_is_not_taken_for_another_generation()
    {
        var late = await BeginAsync();
        await Redis.ForgetAllAsync();
        var owner = await BeginAsync();
        await Redis.Store().SetCatchUpAsync(owner.Keys, 9, CancellationToken.None);

        await Assert.ThrowsAsync<CommitRefusedException>(
            () => Redis.Store().SetCatchUpAsync(late.Keys, 1, CancellationToken.None));

        Assert.Equal(9, (long)await Redis.Database.HashGetAsync(RedisKeys.Root(Partition), "catch_up"));
    }

    [Fact]
    public async Task A_partition_of_which_Redis_has_nothing_begins_a_generation_at_position_0()
    {
        var session = await BeginAsync();

        Assert.Equal(0, session.ConfirmedPosition);
        Assert.True(await Redis.GenerationAsync() > 1_600_000_000_000);
        Assert.Equal(RedisKeys.Layout, (int)await Redis.Database.HashGetAsync(RedisKeys.Root(Partition), "layout"));
        await ThenRedisHolds(new MemoryStore());

        var before = await Redis.DumpAllAsync();
        await BeginAsync();
        Assert.Equal(before, await Redis.DumpAllAsync());
    }

    [Fact]
    public async Task A_batch_is_taken_as_a_whole_and_loading_goes_on_behind_it()
    {
        var log = RandomLog(seed: 5, count: 200);
        await CommitAsync(await EncodeAsync(log.Take(120)));
        await ThenRedisHolds(MemoryFold.Of([.. log.Take(120)]));
        Assert.Equal(120, (await BeginAsync()).ConfirmedPosition);

        await CommitAsync(await EncodeAsync(log));
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task A_commit_that_does_not_begin_where_Redis_stands_is_refused_and_changes_nothing()
    {
        var log = RandomLog(seed: 6, count: 100);
        var commit = await EncodeAsync(log.Take(50));
        await CommitAsync(commit);
        var next = await EncodeAsync(log);
        var otherDigest = (byte[])next.FromDigest.Clone();
        otherDigest[31] ^= 1;
        var before = await Redis.DumpAllAsync();

        foreach (var refused in (EncodedCommit[])[
            commit,
            next with { From = next.From - 1 },
            next with { From = next.From + 1 },
            next with { FromDigest = otherDigest },
            next with { Keys = next.Keys with { Generation = next.Keys.Generation + 1 } }])
        {
            await Assert.ThrowsAsync<CommitRefusedException>(() => CommitAsync(refused));
            Assert.Equal(before, await Redis.DumpAllAsync());
        }
        await CommitAsync(next);
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task Under_a_mark_nothing_is_taken_or_read_and_loading_begins_a_new_generation()
    {
        var log = RandomLog(seed: 7, count: 100);
        await FoldAsync(log);
        var session = await BeginAsync();
        var commit = await EncodeAsync(new LogWriter { NextOffset = 100 }.Append(Create(Id(99))).Entries);
        var old = await Redis.GenerationAsync();
        await Redis.Database.HashSetAsync(commit.Keys.Head, "dirty", 101);
        var before = await Redis.DumpAllAsync();

        await Assert.ThrowsAsync<CommitRefusedException>(() => CommitAsync(commit));
        await Assert.ThrowsAsync<CommitRefusedException>(() => session.WatchAsync(CancellationToken.None));
        Assert.Equal(before, await Redis.DumpAllAsync());

        await FoldAsync(log, 30);
        Assert.True(await Redis.GenerationAsync() > old);
        await ThenRedisHolds(MemoryFold.Of(log));
        await Assert.ThrowsAsync<CommitRefusedException>(() => CommitAsync(commit));
    }

    [Fact]
    public async Task A_script_that_dies_midway_leaves_its_mark_and_the_partition_is_folded_anew()
    {
        var log = RandomLog(seed: 8, count: 200);
        await FoldAsync(log.Take(100));
        var old = await Redis.GenerationAsync();
        var session = await BeginAsync();
        // A list of another type than it must be makes a write in the middle of the script fail.
        await Redis.Database.KeyDeleteAsync(new RedisKeys(Partition, old).Voids);
        await Redis.Database.StringSetAsync(new RedisKeys(Partition, old).Voids, "no list");

        await Assert.ThrowsAsync<RedisServerException>(() => FoldAsync(session, log, 1_000));
        Assert.True(await Redis.Database.HashExistsAsync(new RedisKeys(Partition, old).Head, "dirty"));

        await FoldAsync(log);
        Assert.NotEqual(old, await Redis.GenerationAsync());
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task Another_layout_begins_a_new_generation()
    {
        var log = RandomLog(seed: 9, count: 50);
        await FoldAsync(log);
        await Redis.Database.HashSetAsync(RedisKeys.Root(Partition), "layout", RedisKeys.Layout + 1);

        Assert.Equal(0, (await BeginAsync()).ConfirmedPosition);
        await FoldAsync(log);
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task Decisions_and_voids_are_pushed_to_the_appender_that_waits_one_message_each()
    {
        var heard = new List<(string Channel, DecisionBatch Batch)>();
        var subscriber = Redis.Connection.GetSubscriber();
        foreach (var channel in (string[])["first", "second"])
        {
            await subscriber.SubscribeAsync(new RedisChannel(channel, RedisChannel.PatternMode.Literal), (_, message) =>
            {
                lock (heard)
                {
                    heard.Add((channel, DecisionBatch.Parser.ParseFrom((byte[])message!)));
                }
            });
        }
        var log = new LogWriter();
        log.Append(Create(Alice).By(1, 1).To("first"), Deposit(Alice, 5).By(2, 1).To("second"));
        log.Append(Withdraw(Alice, 9).By(1, 2).To("first"), Deposit(Alice, 1).By(3, 1));
        log.AppendAgain(log.Entries[0]);
        log.Append(Deposit(Alice, 0).By(2, 2).To("second"));

        await CommitAsync(await EncodeAsync(log.Entries));

        await Eventually.BecomesTrue(
            () =>
            {
                lock (heard)
                {
                    return Task.FromResult(heard.Count >= 2);
                }
            },
            "two messages are heard");
        await subscriber.UnsubscribeAllAsync();
        Assert.Equal(2, heard.Count);
        Assert.All(heard, message => Assert.Equal(Partition, message.Batch.Partition));
        Assert.Equal<PushedDecision>(
            [
                Pushed(1, 1, 0, Reason.Unspecified, 0, 1),
                Pushed(1, 2, 2, Reason.InsufficientFunds, 5, 2),
                Void(1, 1, 4, VoidReason.Redelivery, firstOffset: 0),
            ],
            heard.Single(message => message.Channel == "first").Batch.Decisions);
        Assert.Equal<PushedDecision>(
            [
                Pushed(2, 1, 1, Reason.Unspecified, 5, 2),
                Void(2, 2, 5, VoidReason.Impossible, firstOffset: -1),
            ],
            heard.Single(message => message.Channel == "second").Batch.Decisions);
    }

    private static PushedDecision Pushed(
        int producer, long sequence, long offset, Reason reason, long balance, long version)
    {
        var pushed = new PushedDecision
        {
            ProducerSequence = sequence,
            Offset = offset,
            Decision = new StoredDecision { Reason = reason, Balance = balance, Version = version, Offset = offset },
        };
        KeptDecisions.SetProducer(pushed, Producer(producer));
        return pushed;
    }

    private static PushedDecision Void(int producer, long sequence, long offset, VoidReason reason, long firstOffset)
    {
        var pushed = new PushedDecision
        {
            ProducerSequence = sequence,
            Offset = offset,
            VoidReason = reason,
            FirstOffset = firstOffset,
        };
        KeptDecisions.SetProducer(pushed, Producer(producer));
        return pushed;
    }
}
