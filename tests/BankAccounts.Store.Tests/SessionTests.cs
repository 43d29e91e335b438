using BankAccounts.Log.V1;
using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>Redis is at every instant exactly the fold of the log up to its position.</summary>
public sealed class SessionTests(Redis redis) : StoreTest(redis)
{
    /// <summary>So little memory that almost everything is loaded again and again.</summary>
    private static readonly ProjectionOptions Forgetful = new() { MaxCachedAccounts = 2, MaxCachedProducers = 1 };

    [Theory]
    [InlineData(1)]
    [InlineData(7, 1, 64)]
    [InlineData(1_000)]
    [InlineData(5_000)]
    public async Task The_size_of_batches_leaves_no_trace(params int[] batchSizes)
    {
        var log = RandomLog(seed: 11, count: 1_500);
        await FoldAsync(log, batchSizes);
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Theory]
    [InlineData(21, 3, 1, 9)]
    [InlineData(22, 2)]
    [InlineData(23, 40, 5)]
    public async Task Nor_does_what_was_evicted_and_loaded_again(int seed, params int[] batchSizes)
    {
        var log = RandomLog(seed, count: 2_000);
        await FoldAsync(await BeginAsync(Forgetful), log, batchSizes);
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task Nor_do_owners_that_take_turns()
    {
        var log = RandomLog(seed: 31, count: 600);
        for (var end = 50; end <= 600; end += 50)
        {
            await FoldAsync(await BeginAsync(Forgetful), log.Take(end), 8, 3);
        }
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task Nor_do_culture_and_time_zone()
    {
        var log = RandomLog(seed: 32, count: 600);
        using (new Elsewhere("~", "'", "Asia/Kathmandu"))
        {
            await FoldAsync(await BeginAsync(Forgetful), log.Take(300), 20);
            await FoldAsync(log, 20);
        }
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task Thousands_of_accounts_in_one_batch_are_read_and_written_in_parts()
    {
        var log = new LogWriter();
        for (var i = 0; i < 5_000; i++)
        {
            log.Append(Create(Id(i)).As($"open {i}").By(i % 2_500, 1 + (i / 2_500)));
        }
        for (var i = 0; i < 5_000; i++)
        {
            log.Append(Deposit(Alice, 1), Deposit(Id(i), i + 1).As("first"));
        }
        await FoldAsync(await BeginAsync(Forgetful), log.Entries, 5_000);
        await ThenRedisHolds(MemoryFold.Of(log.Entries));
    }

    [Fact]
    public async Task Decisions_are_kept_by_position_and_only_the_latest()
    {
        var log = new LogWriter().Append(Create(Alice));
        for (var i = 0; i < RedisKeys.MaxDecisions + 300; i++)
        {
            log.Append(Deposit(Alice, 1));
        }
        await FoldAsync(log.Entries, 4_000);

        var keys = new RedisKeys(Partition, await Redis.GenerationAsync());
        var kept = new List<long>();
        for (var place = 0; place < RedisKeys.MaxChunks; place++)
        {
            var chunk = (byte[])(await Redis.Database.StringGetAsync(keys.Decisions(place)))!;
            kept.AddRange(DecisionChunk.Parser.ParseFrom(chunk).Decisions.Select(one => one.Offset));
        }
        // The last chunk has some offsets, the 64 before it have all of theirs.
        var first = log.Entries.Count / RedisKeys.ChunkOffsets * RedisKeys.ChunkOffsets - RedisKeys.MaxDecisions;
        Assert.Equal(Enumerable.Range(first, log.Entries.Count - first).Select(offset => (long)offset), kept.Order());
        await ThenRedisHolds(MemoryFold.Of(log.Entries));
    }

    [Fact]
    public async Task Only_the_last_1000_void_records_are_kept()
    {
        var log = new LogWriter();
        for (var i = 0; i < 2_500; i++)
        {
            log.AppendRaw(null, BitConverter.GetBytes(i));
        }
        await FoldAsync(log.Entries, 700, 1_300);

        var keys = new RedisKeys(Partition, await Redis.GenerationAsync());
        Assert.Equal(1_000, await Redis.Database.ListLengthAsync(keys.Voids));
        await ThenRedisHolds(MemoryFold.Of(log.Entries));
    }

    /// <summary>More requests than are ever in memory, so that the order of forgetting is read in parts.</summary>
    [Fact]
    public async Task Requests_are_forgotten_through_Redis_as_they_are_in_memory()
    {
        const int Remembered = PartitionLedger.RememberedCount;
        var log = new LogWriter().Append(Create(Alice));
        for (var i = 0; i < Remembered + 20_000; i++)
        {
            log.Append(Deposit(Alice, 1).As($"request {i}"));
        }
        for (var passedMs = 0L; passedMs < PartitionLedger.RememberedMs + 200_000; passedMs += 10_000)
        {
            log.NextMs += 10_000;
            log.Append(Deposit(Alice, 1));
        }
        for (var forgotten = 0; forgotten < 20_000; forgotten += PartitionLedger.MaxForgottenPerRecord)
        {
            log.Append(Deposit(Alice, 1));
        }
        log.Append(Deposit(Alice, 1).As("request 20000"), Deposit(Alice, 1).As("request 19999"));

        await FoldAsync(await BeginAsync(new ProjectionOptions { MaxCachedAccounts = 1_000 }), log.Entries, 4_000, 900);

        var keys = new RedisKeys(Partition, await Redis.GenerationAsync());
        Assert.InRange(await Redis.Database.ListLengthAsync(keys.RequestOrder), Remembered, Remembered + 1);
        Assert.Equal(
            await Redis.Database.ListLengthAsync(keys.RequestOrder),
            await Redis.Database.HashLengthAsync(keys.Requests));
        await ThenRedisHolds(MemoryFold.Of(log.Entries, 10_000));
    }

    [Fact]
    public async Task A_zombies_commit_is_refused_and_changes_nothing()
    {
        var log = RandomLog(seed: 41, count: 300);
        var zombie = await BeginAsync();
        await FoldAsync(zombie, log.Take(100), 50);
        await FoldAsync(log.Take(200));
        var before = await Redis.DumpAllAsync();

        await Assert.ThrowsAsync<CommitRefusedException>(() => FoldAsync(zombie, log, 1_000));
        Assert.Equal(before, await Redis.DumpAllAsync());
        await FoldAsync(log);
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    /// <summary>It had everything in memory, so no prefetch warned it: only the commit's comparison does.</summary>
    [Fact]
    public async Task A_zombie_that_needs_nothing_from_Redis_is_refused_by_the_commit_itself()
    {
        var log = new LogWriter().Append(Create(Alice), Deposit(Alice, 5), Deposit(Alice, 6));
        var zombie = await BeginAsync();
        await FoldAsync(zombie, log.Entries.Take(2), 2);
        await FoldAsync(log.Entries);
        var before = await Redis.DumpAllAsync();

        await zombie.FoldAsync(log.Entries[2..], CancellationToken.None);
        await Assert.ThrowsAsync<CommitRefusedException>(() => zombie.ConfirmAsync());
        Assert.Equal(before, await Redis.DumpAllAsync());
    }

    /// <summary>A slow predecessor's commit lands after its successor has loaded: nothing counts twice.</summary>
    [Fact]
    public async Task A_commit_that_lands_after_its_successor_loaded_is_seen_by_the_prefetch()
    {
        var log = new LogWriter().Append(Create(Alice), Create(Bob), Deposit(Alice, 5), Deposit(Bob, 7)).Entries;
        var predecessor = await EncodeAsync(log.Take(3));
        var successor = await BeginAsync();
        await CommitAsync(predecessor);

        await Assert.ThrowsAsync<CommitRefusedException>(
            () => successor.FoldAsync(log, CancellationToken.None));
        await FoldAsync(log);
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task A_position_that_went_back_is_noticed_by_looking_and_by_prefetching()
    {
        var log = RandomLog(seed: 42, count: 300);
        await FoldAsync(log.Take(100));
        var keys = new RedisKeys(Partition, await Redis.GenerationAsync());
        var snapshot = await Redis.DumpAsync(keys.Generation);
        var saved = new Dictionary<string, byte[]>();
        foreach (var key in await Redis.KeysAsync("*"))
        {
            saved.Add(key, (await Redis.Database.KeyDumpAsync(key))!);
        }
        var session = await BeginAsync();
        await FoldAsync(session, log.Take(200), 50);
        await session.WatchAsync(CancellationToken.None);

        await Redis.ForgetAllAsync();
        foreach (var (key, value) in saved)
        {
            await Redis.Database.KeyRestoreAsync(key, value);
        }
        Assert.Equal(snapshot, await Redis.DumpAsync(keys.Generation));

        await Assert.ThrowsAsync<CommitRefusedException>(() => session.WatchAsync(CancellationToken.None));
        await Assert.ThrowsAsync<CommitRefusedException>(() => FoldAsync(session, log, 1_000));
        await FoldAsync(log);
        Assert.Equal(keys.Generation, await Redis.GenerationAsync());
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task After_the_script_cache_was_flushed_it_goes_on()
    {
        var log = RandomLog(seed: 43, count: 200);
        var session = await BeginAsync();
        for (var end = 20; end <= 200; end += 20)
        {
            await FoldAsync(session, log.Take(end), 20);
            await Redis.Database.ExecuteAsync("SCRIPT", "FLUSH");
        }
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task After_Redis_lost_everything_the_session_is_refused_and_the_log_folded_anew_to_the_same()
    {
        var log = RandomLog(seed: 44, count: 300);
        var session = await BeginAsync();
        await FoldAsync(session, log.Take(150), 50);
        var generation = await Redis.GenerationAsync();

        await Redis.ForgetAllAsync();
        await Assert.ThrowsAsync<CommitRefusedException>(() => session.WatchAsync(CancellationToken.None));
        await Assert.ThrowsAsync<CommitRefusedException>(() => FoldAsync(session, log, 1_000));
        Assert.Empty(await Redis.KeysAsync("*"));

        await FoldAsync(log);
        Assert.True(await Redis.GenerationAsync() > generation);
        await ThenRedisHolds(MemoryFold.Of(log));
    }

    [Fact]
    public async Task A_record_of_a_newer_format_stays_unfolded_and_everything_before_it_is_committed()
    {
        var log = new LogWriter().Append(Create(Alice), Deposit(Alice, 5));
        var command = log.Complete(Deposit(Alice, 6));
        // An unknown field travels along with the record and is written out again.
        var newer = LogRecord.Parser.ParseFrom([.. command.ToByteArray(), 0x38, 0x01]);
        log.AppendRaw(LogWriter.KeyOf(Alice), LogFrame.Encode(newer));
        log.Append(Deposit(Alice, 7));
        var session = await BeginAsync();

        await FoldAsync(session, log.Entries, 10);
        Assert.Equal(2, session.HaltsAt);
        Assert.Equal(2, session.ConfirmedPosition);
        await ThenRedisHolds(MemoryFold.Of(log.Entries[..2]));
    }

    [Fact]
    public async Task Two_owners_that_begin_at_once_begin_one_generation()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => BeginAsync()));
        Assert.All(sessions, session => Assert.Equal(0, session.ConfirmedPosition));
        Assert.Equal(2, (await Redis.KeysAsync("*")).Length);
    }
}
