using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using StackExchange.Redis;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>A partition's state is built anew beside the live one, and takes its place in one instant.</summary>
public sealed class RebuildTests(Redis redis) : StoreTest(redis)
{
    private readonly List<LogEntry> log = TransferLog.OfEveryKind().Of(Partition);

    [Fact]
    public async Task A_rebuild_heals_what_was_altered_and_is_the_live_state_afterwards()
    {
        await FoldAsync(log);
        var old = await KeysAsync();
        var healthy = await Redis.DumpAsync(old.Generation);
        await Redis.Database.HashSetAsync(old.Accounts, Id(50).ToByteArray(), new StoredAccount { Balance = 1 }.ToByteArray());
        await Redis.Database.KeyDeleteAsync(old.History(Id(51)));

        await RebuildAsync();

        var live = await KeysAsync();
        Assert.True(live.Generation > old.Generation);
        Assert.Equal(healthy, await Redis.DumpAsync(live.Generation));
        Assert.Equal(
            [old.Generation], [(long)await Redis.Database.HashGetAsync(RedisKeys.Root(Partition), "retired")]);
        Assert.False(await Redis.Database.HashExistsAsync(RedisKeys.Root(Partition), "rebuilding"));
        using var cursor = new MemoryCursor(log);
        await PartitionVerifier.RunAsync(Chunks(), cursor, _ => Task.CompletedTask, CancellationToken.None);
    }

    [Fact]
    public async Task The_owners_next_commit_is_refused_and_it_goes_on_with_the_new_generation()
    {
        var owner = await BeginAsync();
        await FoldAsync(owner, log.Take(300), 100);

        await RebuildAsync();

        await Assert.ThrowsAsync<CommitRefusedException>(() => FoldAsync(owner, log, 1_000));
        await FoldAsync(log);
        using var cursor = new MemoryCursor(log);
        Assert.Equal(log.Count, (await PartitionVerifier.RunAsync(
            Chunks(), cursor, _ => Task.CompletedTask, CancellationToken.None)).Position);
    }

    [Fact]
    public async Task A_live_state_that_moves_on_meanwhile_is_met_where_it_stands_in_the_end()
    {
        var owner = await BeginAsync();
        await FoldAsync(owner, log.Take(100), 100);
        var committed = 100;
        using var cursor = new MemoryCursor(log, entry =>
        {
            if (entry.Offset % 50 == 49 && committed < log.Count)
            {
                committed = Math.Min(log.Count, committed + 60);
                FoldAsync(owner, log.Take(committed), 30).GetAwaiter().GetResult();
            }
        });

        var positions = new List<(long Position, bool IsLive)>();
        await RebuildAsync(cursor, progress => positions.Add((progress.Head.Position, progress.IsLive)));

        Assert.True(committed > 300);
        Assert.Equal((committed, true), positions[^1]);
        Assert.All(positions.SkipLast(1), progress => Assert.False(progress.IsLive));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_digests_differ_the_live_state_stays(bool isDecisionDigest)
    {
        await FoldAsync(log);
        var keys = await KeysAsync();
        var head = StoredHead.Parser.ParseFrom((byte[])(await Redis.Database.HashGetAsync(keys.Head, "head"))!);
        head.DecisionDigest = ByteString.CopyFrom(Digests.Empty());
        await (isDecisionDigest
            ? Redis.Database.HashSetAsync(keys.Head, "head", head.ToByteArray())
            : Redis.Database.HashSetAsync(keys.Head, "digest", Digests.Empty()));

        var refused = await Assert.ThrowsAsync<RebuildRefusedException>(() => RebuildAsync());

        Assert.Equal("DIGEST_MISMATCH", refused.Reason.Name);
        Assert.Contains(Convert.ToHexStringLower(Digests.Empty()), refused.Message, StringComparison.Ordinal);
        Assert.Equal(keys.Generation, await Redis.GenerationAsync());
        Assert.False(await Redis.Database.HashExistsAsync(RedisKeys.Root(Partition), "rebuilding"));
        Assert.True((await SweepAsync()).Removed > 5);
        Assert.All(await StateKeysAsync(), key => Assert.Contains($":{keys.Generation}:", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_rebuild_at_a_time_and_none_without_live_state()
    {
        Assert.Equal("NO_LIVE_STATE", (await Assert.ThrowsAsync<RebuildRefusedException>(() => RebuildAsync())).Reason.Name);

        await FoldAsync(log);
        var first = await Generations().BeginAsync();
        Assert.Equal("REBUILD_ELSEWHERE", (await Assert.ThrowsAsync<RebuildRefusedException>(() => RebuildAsync())).Reason.Name);

        await Generations().AbandonAsync(first, CancellationToken.None);
        await RebuildAsync();
    }

    [Fact]
    public async Task A_rebuild_that_is_cancelled_while_it_begins_keeps_nobody_else_out()
    {
        await FoldAsync(log);
        await RebuildAsync();
        using var cancelled = new CancellationTokenSource();
        using var other = await ConnectionMultiplexer.ConnectAsync(Redis.Connection.Configuration);
        await other.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", 60_000, "WRITE");
        var rebuild = RebuildAsync(cancellation: cancelled.Token);
        await cancelled.CancelAsync();
        await other.GetDatabase().ExecuteAsync("CLIENT", "UNPAUSE");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rebuild);

        await RebuildAsync();
    }

    [Fact]
    public async Task A_rebuild_whose_lease_ran_out_is_removed_and_may_not_go_on()
    {
        await FoldAsync(log);
        using var cursor = new MemoryCursor(log, entry =>
        {
            if (entry.Offset == 350)
            {
                Redis.Database.HashSet(RedisKeys.Root(Partition), "rebuilding_until", 1);
                var swept = SweepAsync().GetAwaiter().GetResult();
                Assert.True(swept.Removed >= 1);
            }
        });
        Assert.Equal(
            "REBUILD_LOST",
            (await Assert.ThrowsAsync<RebuildRefusedException>(() => RebuildAsync(cursor))).Reason.Name);
        var live = await Redis.GenerationAsync();
        Assert.All(await StateKeysAsync(), key => Assert.Contains($":{live}:", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rebuild_that_is_replaced_by_another_may_not_flip()
    {
        await FoldAsync(log);
        using var cursor = new MemoryCursor(log, entry =>
        {
            if (entry.Offset == 350)
            {
                Redis.Database.HashSet(RedisKeys.Root(Partition), "rebuilding_until", 1);
                Generations().BeginAsync().GetAwaiter().GetResult();
            }
        });
        var before = await Redis.GenerationAsync();
        Assert.Equal(
            "REBUILD_LOST",
            (await Assert.ThrowsAsync<RebuildRefusedException>(() => RebuildAsync(cursor))).Reason.Name);
        Assert.Equal(before, await Redis.GenerationAsync());
    }

    [Fact]
    public async Task A_flip_is_refused_unless_both_stand_where_they_were_compared()
    {
        await FoldAsync(log);
        var live = await KeysAsync();
        var liveHead = (byte[])(await Redis.Database.HashGetAsync(live.Head, "head"))!;
        var built = await Generations().BeginAsync();
        var ledger = PartitionLedger.StartInMemory(Partition);
        var before = ledger.Head;
        var changes = new Changes();
        log.ForEach(entry => ledger.Apply(ledger.Read(entry), changes));
        await Generations().CommitAsync(EncodedCommit.Of(built, before, ledger, changes), CancellationToken.None);

        Task<bool> Flip(RedisKeys from, PartitionHead head, byte[] seen) =>
            Generations().TryFlipAsync(built, from, head, seen, CancellationToken.None);
        Assert.False(await Flip(live, ledger.Head, [.. liveHead, 1]));
        Assert.False(await Flip(live with { Generation = live.Generation + 1 }, ledger.Head, liveHead));
        await Assert.ThrowsAsync<RebuildRefusedException>(
            () => Flip(live, ledger.Head with { Position = ledger.Head.Position - 1 }, liveHead));
        await Assert.ThrowsAsync<RebuildRefusedException>(
            () => Flip(live, ledger.Head with { LogDigest = Digests.Empty() }, liveHead));
        await Redis.Database.HashSetAsync(live.Head, "dirty", 1);
        Assert.False(await Flip(live, ledger.Head, liveHead));
        await Redis.Database.HashDeleteAsync(live.Head, "dirty");
        Assert.Equal(live.Generation, await Redis.GenerationAsync());

        Assert.True(await Flip(live, ledger.Head, liveHead));
        Assert.Equal(built.Generation, await Redis.GenerationAsync());
    }

    [Fact]
    public async Task Old_keys_stay_a_while_after_a_rebuild_and_everything_else_that_is_not_live_goes()
    {
        await FoldAsync(log);
        var old = await KeysAsync();
        await Redis.Database.HashSetAsync(new RedisKeys(Partition, 12).Accounts, "left", "behind");
        await Redis.Database.HashSetAsync(RedisKeys.Owner(Partition), "state", "folding");
        await Redis.Database.StringSetAsync("{bank:33}:12:accounts", "of another partition");
        await RebuildAsync();
        var live = await KeysAsync();
        var building = await Generations().BeginAsync();

        var (removed, later) = await SweepAsync();
        Assert.Equal(1, removed);
        Assert.True(later > 5);
        Assert.True(await Redis.Database.KeyExistsAsync(old.Accounts));
        Assert.True(await Redis.Database.KeyExistsAsync(building.Head));

        await Redis.Database.HashSetAsync(RedisKeys.Root(Partition), "retired_until", 1);
        await Generations().AbandonAsync(building, CancellationToken.None);
        Assert.Equal((later, 0), await SweepAsync());
        Assert.All(await StateKeysAsync(), key => Assert.Contains($":{live.Generation}:", key, StringComparison.Ordinal));
        Assert.True(await Redis.Database.KeyExistsAsync(RedisKeys.Owner(Partition)));
        Assert.True(await Redis.Database.KeyExistsAsync("{bank:33}:12:accounts"));
        Assert.Equal((0, 0), await SweepAsync());
    }

    [Fact]
    public async Task A_rebuild_leaves_out_the_decisions_that_are_not_kept_any_more()
    {
        const int unreadable = RedisKeys.MaxDecisions;
        var written = new LogWriter().Append(Create(Alice));
        written.Append([.. Enumerable.Range(0, 299).Select(_ => Deposit(Alice, 1))]);
        for (var i = 0; i < unreadable; i++)
        {
            written.AppendRaw(null, null);
        }
        await FoldAsync(written.Entries, 4_000);
        var before = await KeysAsync();
        // The chunk that ended there has its place until it is another's, in the rebuilt state as in this one.
        Assert.Equal(Offsets(256, 44), await KeptAsync(before));

        using var cursor = new MemoryCursor(written.Entries);
        await RebuildAsync(cursor);

        var live = await KeysAsync();
        Assert.True(live.Generation > before.Generation);
        Assert.Equal(Offsets(256, 44), await KeptAsync(live));
        using var again = new MemoryCursor(written.Entries);
        await PartitionVerifier.RunAsync(Chunks(), again, _ => Task.CompletedTask, CancellationToken.None);
    }

    private static IEnumerable<long> Offsets(int first, int count) =>
        Enumerable.Range(first, count).Select(offset => (long)offset);

    private async Task<IEnumerable<long>> KeptAsync(RedisKeys keys)
    {
        var kept = new List<long>();
        for (var place = 0; place < RedisKeys.MaxChunks; place++)
        {
            var chunk = await Redis.Database.StringGetAsync(keys.Decisions(place));
            kept.AddRange(DecisionChunk.Parser.ParseFrom((byte[]?)chunk ?? []).Decisions.Select(one => one.Offset));
        }
        return kept.Order();
    }

    private async Task RebuildAsync(
        MemoryCursor? cursor = null, Action<RebuildProgress>? progress = null, CancellationToken cancellation = default) =>
        await new PartitionRebuild(
            Partition, Generations(), Chunks(), cursor ?? new MemoryCursor(log), step =>
            {
                progress?.Invoke(step);
                return Task.CompletedTask;
            }).RunAsync(cancellation);

    private Task<(long Removed, long Later)> SweepAsync() =>
        GenerationSweeper.SweepAsync(Redis.Database, Partition, Redis.Timeout, CancellationToken.None);

    /// <summary>The partition's keys that carry a generation.</summary>
    private async Task<IEnumerable<string>> StateKeysAsync() =>
        (await Redis.KeysAsync($"{{bank:{Partition}}}:*")).Where(key => !key.EndsWith(":owner", StringComparison.Ordinal));

    private GenerationStore Generations() => new(Redis.Database, Partition, Redis.Timeout);

    private ChunkReader Chunks() => new(Redis.Database, Partition, Redis.Timeout);

    private async Task<RedisKeys> KeysAsync() => new(Partition, await Redis.GenerationAsync());
}
