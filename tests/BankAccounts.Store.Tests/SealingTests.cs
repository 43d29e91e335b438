using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.History;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using BankAccounts.Tests.Servers;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>Old entries of a history move into sealed pages, and the history stays what it was.</summary>
public sealed class SealingTests(Redis redis) : StoreTest(redis)
{
    [Theory]
    [InlineData(511, 0)]
    [InlineData(512, 1)]
    [InlineData(767, 1)]
    [InlineData(768, 2)]
    [InlineData(1_500, 4)]
    public async Task A_history_keeps_at_least_the_newest_256_entries_unsealed(int entries, int pages)
    {
        var log = LogOf(entries);
        await FoldAsync(log);
        var before = await HistoryAsync();
        Assert.Equal(entries, before.Count);

        Assert.Equal(pages, await SealAsync());

        var keys = await KeysAsync();
        Assert.Equal((entries / 8) - (pages * 32), await Redis.Database.ListLengthAsync(keys.History(Alice)));
        Assert.Equal(pages, await Redis.Database.HashLengthAsync(keys.Pages(Alice)));
        Assert.Equal(before, await HistoryAsync());
        Assert.Equal(Enumerable.Range(1, entries), before.Select(entry => (int)entry.Number));
        Assert.Equal(0, await SealAsync());
    }

    [Fact]
    public void A_page_has_a_whole_number_of_the_leaves_that_the_ledger_writes()
    {
        Assert.Equal(RedisKeys.LeafEntries, HistoryLeaves.MaxEntries);
        Assert.Equal(RedisKeys.PageEntries, RedisKeys.PageLeaves * RedisKeys.LeafEntries);
    }

    [Fact]
    public async Task Of_two_that_seal_the_same_page_one_does_and_the_other_changes_nothing()
    {
        await FoldAsync(LogOf(600));
        var mine = await Pages().ReadAsync(Alice, generation: null, CancellationToken.None);
        var theirs = await Pages().ReadAsync(Alice, generation: null, CancellationToken.None);

        Assert.True(await Pages().TrySealAsync(mine!, CancellationToken.None));
        var before = await Redis.DumpAllAsync();
        Assert.False(await Pages().TrySealAsync(theirs!, CancellationToken.None));
        Assert.Equal(before, await Redis.DumpAllAsync());
    }

    [Fact]
    public async Task What_a_crash_left_unsealed_is_sealed_with_the_next_page_and_by_a_commit_in_between_unharmed()
    {
        var log = LogOf(900);
        await FoldAsync(log.Take(700));
        // Whoever read this page died; the history went on.
        var late = await Pages().ReadAsync(Alice, generation: null, CancellationToken.None);
        await FoldAsync(log);

        Assert.True(await Pages().TrySealAsync(late!, CancellationToken.None));
        Assert.Equal(1, await SealAsync());
        Assert.Equal(Enumerable.Range(1, 900), (await HistoryAsync()).Select(entry => (int)entry.Number));
    }

    [Fact]
    public async Task A_page_of_a_generation_that_is_not_in_use_any_more_is_not_sealed()
    {
        var log = LogOf(600);
        await FoldAsync(log);
        var late = await Pages().ReadAsync(Alice, generation: null, CancellationToken.None);
        await Redis.Database.HashSetAsync(late!.Keys.Head, "dirty", 1);
        await FoldAsync(log);

        Assert.False(await Pages().TrySealAsync(late, CancellationToken.None));
        Assert.Equal(75, await Redis.Database.ListLengthAsync(late.Keys.History(Alice)));
        Assert.NotEqual(late.Keys.Generation, await Redis.GenerationAsync());
    }

    [Fact]
    public async Task An_owner_seals_beside_its_commits_and_a_new_one_goes_on_behind_the_pages()
    {
        var log = LogOf(2_000);
        using var sealer = new HistorySealer(
            Redis.Connection, Options.Create(new BankOptions()), NullLogger<HistorySealer>.Instance);
        await sealer.StartAsync(CancellationToken.None);
        foreach (var end in (int[])[1_000, 2_000])
        {
            var session = await ProjectionSession.BeginAsync(
                Redis.Store(), new ProjectionOptions(), sealer.Follow, CancellationToken.None);
            await FoldAsync(session, log.Take(end), 100);
        }

        var keys = await KeysAsync();
        await Eventually.BecomesTrue(
            async () => await Redis.Database.ListLengthAsync(keys.History(Alice)) < 64, "the history is sealed");
        await sealer.StopAsync(CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 2_000), (await HistoryAsync()).Select(entry => (int)entry.Number));
        Assert.Equal(2_000, (await VerifyAsync(log)).Position);
    }

    [Fact]
    public async Task A_rebuild_seals_its_own_generation_and_publishes_nothing()
    {
        var log = LogOf(2_000);
        await FoldAsync(log);
        var heard = 0;
        await Redis.Connection.GetSubscriber().SubscribeAsync(
            new RedisChannel(RedisKeys.PatternOfCommitted, RedisChannel.PatternMode.Pattern),
            (_, _) => Interlocked.Increment(ref heard));

        using var cursor = new MemoryCursor(log);
        await new PartitionRebuild(
            Partition, new GenerationStore(Redis.Database, Partition, Redis.Timeout), Chunks(), cursor,
            _ => Task.CompletedTask).RunAsync(CancellationToken.None);

        Assert.Equal(6, await Redis.Database.HashLengthAsync((await KeysAsync()).Pages(Alice)));
        Assert.Equal(Enumerable.Range(1, 2_000), (await HistoryAsync()).Select(entry => (int)entry.Number));
        await VerifyAsync(log);
        await Redis.Connection.GetSubscriber().UnsubscribeAllAsync();
        Assert.Equal(0, heard);
    }

    [Fact]
    public async Task A_commit_says_which_accounts_it_changed_and_where_it_ends()
    {
        var heard = new TaskCompletionSource<CommittedBatch>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Redis.Connection.GetSubscriber().SubscribeAsync(
            new RedisChannel(RedisKeys.PatternOfCommitted, RedisChannel.PatternMode.Pattern),
            (_, message) => heard.TrySetResult(CommittedBatch.Parser.ParseFrom((byte[])message!)));
        var log = new LogWriter().Append(Create(Alice), Deposit(Alice, 5), Withdraw(Bob, 5), Create(Bob));

        await CommitAsync(await EncodeAsync(log.Entries));

        var batch = await heard.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Redis.Connection.GetSubscriber().UnsubscribeAllAsync();
        Assert.Equal(
            new CommittedBatch
            {
                Partition = Partition,
                Position = 4,
                Accounts = ByteString.CopyFrom([.. Alice.ToByteArray(), .. Bob.ToByteArray()]),
            },
            batch);
    }

    [Fact]
    public async Task Pages_that_are_sealed_while_a_verification_looks_are_no_difference()
    {
        var log = LogOf(3_000);
        var session = await BeginAsync();
        await FoldAsync(session, log.Take(2_000), 500);
        var committed = 2_000;
        using var cursor = new MemoryCursor(log, entry =>
        {
            if (entry.Offset % 250 == 249 && committed < log.Count)
            {
                committed = Math.Min(log.Count, committed + 200);
                FoldAsync(session, log.Take(committed), 100).GetAwaiter().GetResult();
                SealAsync().GetAwaiter().GetResult();
            }
        });
        Assert.True((await PartitionVerifier.RunAsync(
            Chunks(), cursor, _ => Task.CompletedTask, CancellationToken.None)).Position > 2_000);
    }

    public static TheoryData<string, string> Plants => new()
    {
        { "an entry of a page is altered", "pages" },
        { "a page is no page", "pages" },
        { "a page is another one", "pages" },
        { "a page has an entry less", "pages" },
        { "a page has another number", "pages" },
        { "a page is gone", "history" },
        { "all pages are gone", "history" },
        { "a page is added", "history" },
        { "an unsealed leaf is gone", "history" },
        { "pages are there of an account that is not", "key" },
        { "a name is altered", "names" },
        { "a name is gone", "names" },
    };

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task Whatever_differs_in_pages_and_names_is_named(string plant, string kind)
    {
        var log = LogOf(1_500);
        await FoldAsync(log);
        await SealAsync();
        await VerifyAsync(log);
        var keys = await KeysAsync();
        var pages = keys.Pages(Alice);
        var second = HistoryPage.Open((byte[])(await Redis.Database.HashGetAsync(pages, 1))!);
        var database = Redis.Database;
        await (plant switch
        {
            "an entry of a page is altered" => AlterAsync(entries => entries[7].Amount++),
            "a page is no page" => database.HashSetAsync(pages, 1, "x"),
            "a page is another one" => database.HashSetAsync(pages, 1, await database.HashGetAsync(pages, 0)),
            "a page has an entry less" => AlterAsync(entries => entries.RemoveAt(255)),
            "a page has another number" => RenameAsync(),
            "a page is gone" => database.HashDeleteAsync(pages, 1),
            "all pages are gone" => database.KeyDeleteAsync(pages),
            "a page is added" => database.HashSetAsync(pages, 4, "x"),
            "an unsealed leaf is gone" => database.ListLeftPopAsync(keys.History(Alice)),
            "pages are there of an account that is not" => database.HashSetAsync(keys.Pages(Id(77)), 0, "x"),
            "a name is altered" => database.SortedSetAddAsync(keys.Names, "other", 0),
            "a name is gone" => (Task)database.SortedSetRemoveAsync(
                keys.Names, RedisKeys.NameMember("Alice"u8, Alice)),
            _ => throw new ArgumentOutOfRangeException(nameof(plant), plant, null),
        });

        var found = await Assert.ThrowsAsync<DifferenceFoundException>(() => VerifyAsync(log));
        Assert.Equal(kind, found.Difference.Kind);
        Assert.NotEqual(found.Difference.Expected, found.Difference.Found);

        Task AlterAsync(Action<List<StoredHistoryEntry>> how)
        {
            var entries = second.ToList();
            how(entries);
            return database.HashSetAsync(
                pages, 1, HistoryPage.Seal([new StoredHistoryPage { Entries = { entries } }.ToByteArray()]));
        }

        async Task RenameAsync()
        {
            await database.HashSetAsync(pages, 9, await database.HashGetAsync(pages, 1));
            await database.HashDeleteAsync(pages, 1);
        }
    }

    /// <summary>An account with so many entries, accepted and refused ones.</summary>
    private static List<LogEntry> LogOf(int entries)
    {
        var log = new LogWriter().Append(Create(Alice));
        for (var i = 1; i < entries; i++)
        {
            log.AppendOne(i % 3 == 0 ? Withdraw(Alice, 5 + (i % 7), description: "coffee") : Deposit(Alice, 4).As($"r{i}"));
        }
        return log.Entries;
    }

    private PageStore Pages() => new(Redis.Database, Redis.Timeout);

    private Task<int> SealAsync() => Pages().SealDueAsync(Alice, generation: null, CancellationToken.None);

    private async Task<List<StoredHistoryEntry>> HistoryAsync()
    {
        var keys = await KeysAsync();
        var entries = new List<StoredHistoryEntry>();
        for (var number = 0; number < await Redis.Database.HashLengthAsync(keys.Pages(Alice)); number++)
        {
            entries.AddRange(HistoryPage.Open((byte[])(await Redis.Database.HashGetAsync(keys.Pages(Alice), number))!));
        }
        foreach (var leaf in await Redis.Database.ListRangeAsync(keys.History(Alice)))
        {
            entries.AddRange(StoredHistoryPage.Parser.ParseFrom((byte[])leaf!).Entries);
        }
        var account = (byte[])(await Redis.Database.HashGetAsync(keys.Accounts, Alice.ToByteArray()))!;
        entries.AddRange(StoredHistoryPage.Parser.ParseFrom(StoredAccount.Parser.ParseFrom(account).Leaf).Entries);
        return entries;
    }

    private async Task<EqualPartition> VerifyAsync(List<LogEntry> log)
    {
        using var cursor = new MemoryCursor(log);
        return await PartitionVerifier.RunAsync(Chunks(), cursor, _ => Task.CompletedTask, CancellationToken.None);
    }

    private ChunkReader Chunks() => new(Redis.Database, Partition, Redis.Timeout);

    private async Task<RedisKeys> KeysAsync() => new(Partition, await Redis.GenerationAsync());
}
