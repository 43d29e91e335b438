using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>A verification finds equal what is, and names whatever is not.</summary>
public sealed class VerificationTests(Redis redis) : StoreTest(redis)
{
    private readonly TransferLog logs = TransferLog.OfEveryKind();

    private List<LogEntry> Log => logs.Of(Partition);

    [Fact]
    public async Task What_was_committed_is_found_equal_at_its_position_with_its_digests()
    {
        await FoldAsync(Log, 7, 1, 60);
        var before = await Redis.DumpAllAsync();

        var equal = await VerifyAsync();

        var (_, ledger) = await Redis.Store().LoadAsync(CancellationToken.None);
        Assert.Equal(ledger.Head.Position, equal.Position);
        Assert.Equal(ledger.Head.LogDigest, equal.LogDigest);
        Assert.Equal(ledger.Head.DecisionDigest, equal.DecisionDigest);
        Assert.True(equal.ComparedEntries > Log.Count);
        Assert.Equal(before, await Redis.DumpAllAsync());
    }

    [Fact]
    public async Task More_than_one_chunk_of_everything_is_found_equal()
    {
        var log = new LogWriter();
        for (var i = 0; i < 2_500; i++)
        {
            log.Append(Create(Id(i)).As($"open {i}").By(i, 1), Deposit(Alice, 1).As($"add {i}"));
            log.AppendRaw(null, [1, 2, 3]);
        }
        await FoldAsync(log.Entries, 1_000);
        Assert.Equal(7_500, (await VerifyAsync(log.Entries)).Position);

        var keys = await KeysAsync();
        await Redis.Database.HashDeleteAsync(keys.Accounts, Id(2_000).ToByteArray());
        Assert.Equal(("accounts", Id(2_000).ToString()), await FindAsync(log.Entries));
    }

    [Fact]
    public async Task Commits_that_go_on_meanwhile_are_no_difference()
    {
        var session = await BeginAsync();
        await FoldAsync(session, Log.Take(100), 100);
        var committed = 100;
        // With each record that the verification reads beyond, the owner commits some more.
        using var cursor = new MemoryCursor(Log, entry =>
        {
            if (entry.Offset % 40 == 39 && committed < Log.Count)
            {
                committed = Math.Min(Log.Count, committed + 50);
                FoldAsync(session, Log.Take(committed), 25).GetAwaiter().GetResult();
            }
        });

        var equal = await PartitionVerifier.RunAsync(Chunks(), cursor, _ => Task.CompletedTask, CancellationToken.None);

        Assert.Equal(committed, equal.Position);
        Assert.True(committed > 300);
    }

    [Fact]
    public async Task Another_balance_of_one_account_is_named_with_both_values()
    {
        await FoldAsync(Log);
        var keys = await KeysAsync();
        var stored = StoredAccount.Parser.ParseFrom(
            (byte[])(await Redis.Database.HashGetAsync(keys.Accounts, Id(50).ToByteArray()))!);
        var wanted = stored.ToString();
        stored.Balance += 1;
        await Redis.Database.HashSetAsync(keys.Accounts, Id(50).ToByteArray(), stored.ToByteArray());

        var found = await Assert.ThrowsAsync<DifferenceFoundException>(() => VerifyAsync());

        Assert.Equal(
            new Difference(Partition, "accounts", Id(50).ToString(), wanted, stored.ToString(), Log.Count),
            found.Difference);
    }

    public static TheoryData<string, string> Plants => new()
    {
        { "a request is altered", "requests" },
        { "a request is forgotten", "requests" },
        { "a line of the order of requests is gone", "request-order" },
        { "a producer is altered", "producers" },
        { "a producer was seen at another time", "producer-order" },
        { "an outgoing channel is altered", "channels-out" },
        { "an unsettled transfer is gone", "unsettled" },
        { "an incoming channel is altered", "channels-in" },
        { "a refusal has another reason", "refused" },
        { "a transfer is altered", "transfers" },
        { "a void record is altered", "voids" },
        { "a decision is altered", "decisions" },
        { "a decision is gone", "decisions" },
        { "a decision is added", "decisions" },
        { "decisions are gone", "decisions" },
        { "an entry of a history is gone", "history" },
        { "an entry of a history is altered", "history" },
        { "an entry of a history is added", "history" },
        { "a leaf of a history is gone", "history" },
        { "a leaf of a history is no leaf", "history" },
        { "a leaf of a history is added", "history" },
        { "a history is gone", "history" },
        { "a newest entry of a history is altered", "accounts" },
        { "a key is there that should not be", "key" },
        { "an account is there that should not be", "accounts" },
        { "an unsettled transfer is there that should not be", "unsettled" },
        { "the head is altered", "head" },
        { "the digest is altered", "head" },
        { "the position is no number", "head" },
        { "the mark of a script that died is there", "head" },
        { "the number of the oldest request is altered", "head" },
    };

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task Whatever_differs_is_named(string plant, string kind)
    {
        await FoldAsync(Log);
        await VerifyAsync();
        await PlantAsync(plant, await KeysAsync());

        Assert.Equal(kind, (await FindAsync(Log)).Kind);
    }

    [Fact]
    public async Task A_log_that_is_another_one_is_named_by_the_head()
    {
        await FoldAsync(Log);
        var other = Log.ToList();
        other[5] = other[5] with { Value = [9, 9] };
        Assert.Equal(("head", "digest"), await FindAsync(other));
        Assert.Equal(("head", "position"), await FindAsync([.. Log.SkipLast(1), Log[^1] with { Offset = 9_999 }]));
    }

    [Fact]
    public async Task A_partition_without_live_state_is_named()
    {
        Assert.Equal(("head", "generation"), await FindAsync(Log));
    }

    [Fact]
    public async Task A_generation_that_was_replaced_meanwhile_is_said_so()
    {
        await FoldAsync(Log);
        using var cursor = new MemoryCursor(Log, entry =>
        {
            if (entry.Offset == 3)
            {
                Redis.ForgetAllAsync().GetAwaiter().GetResult();
            }
        });
        await Assert.ThrowsAsync<GenerationMovedException>(() => PartitionVerifier.RunAsync(
            Chunks(), cursor, _ => Task.CompletedTask, CancellationToken.None));
    }

    [Fact]
    public async Task A_cancelled_verification_ends()
    {
        await FoldAsync(Log);
        using var cancel = new CancellationTokenSource();
        using var cursor = new MemoryCursor(Log, entry =>
        {
            if (entry.Offset == 30)
            {
                cancel.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PartitionVerifier.RunAsync(
            Chunks(), cursor, _ => Task.CompletedTask, cancel.Token));
    }

    private async Task PlantAsync(string plant, RedisKeys keys)
    {
        var database = Redis.Database;
        var account = keys.History(Id(50));
        await (plant switch
        {
            "a request is altered" => AlterAsync(keys.Requests),
            "a request is forgotten" => RemoveAsync(keys.Requests),
            "a line of the order of requests is gone" => database.ListRightPopAsync(keys.RequestOrder),
            "a producer is altered" => AlterAsync(keys.Producers),
            "a producer was seen at another time" =>
                database.SortedSetIncrementAsync(keys.ProducerOrder, Producer(93), 1),
            "an outgoing channel is altered" => AlterAsync(keys.ChannelsOut),
            "an unsettled transfer is gone" => RemoveAsync(keys.Unsettled),
            "an incoming channel is altered" => AlterAsync(keys.ChannelsIn),
            "a refusal has another reason" => AlterAsync(keys.Refused),
            "a transfer is altered" => AlterAsync(keys.Transfers),
            "a void record is altered" => database.ListSetByIndexAsync(keys.Voids, 2, "x"),
            "decisions are gone" => database.KeyDeleteAsync(keys.Decisions(chunk: 1)),
            "a decision is gone" => ChangeDecisionsAsync(keys, chunk => chunk.Decisions.RemoveAt(7)),
            "a decision is altered" => ChangeDecisionsAsync(keys, chunk => chunk.Decisions[7].Decision.Balance++),
            "a decision is added" => ChangeDecisionsAsync(keys, chunk => chunk.Decisions.Add(new PushedDecision())),
            "an entry of a history is gone" => ChangeLeafAsync(account, leaf => leaf.Entries.RemoveAt(7)),
            "an entry of a history is altered" => ChangeLeafAsync(account, leaf => leaf.Entries[7].Amount++),
            "an entry of a history is added" => ChangeLeafAsync(account, leaf => leaf.Entries.Add(leaf.Entries[0])),
            "a leaf of a history is gone" => database.ListLeftPopAsync(account),
            "a leaf of a history is no leaf" => database.ListSetByIndexAsync(account, 0, "x"),
            "a leaf of a history is added" => database.ListRightPushAsync(account, "x"),
            "a history is gone" => database.KeyDeleteAsync(account),
            "a newest entry of a history is altered" => ChangeNewestAsync(keys),
            "a key is there that should not be" => database.StringSetAsync(keys.History(Id(1234)), "x"),
            "an account is there that should not be" =>
                database.HashSetAsync(keys.Accounts, Id(1234).ToByteArray(), "x"),
            "an unsettled transfer is there that should not be" =>
                database.HashSetAsync(keys.Unsettled, StoreCodec.Field(new ChannelEntry(4, 900)), "x"),
            "the head is altered" => database.HashSetAsync(keys.Head, "head", "x"),
            "the digest is altered" => database.HashSetAsync(keys.Head, "digest", Digests.Empty()),
            "the position is no number" => database.HashSetAsync(keys.Head, "position", "x"),
            "the mark of a script that died is there" => database.HashSetAsync(keys.Head, "dirty", 1),
            "the number of the oldest request is altered" =>
                (Task)database.HashIncrementAsync(keys.Head, "first_request"),
            _ => throw new ArgumentOutOfRangeException(nameof(plant), plant, null),
        });
    }

    private async Task ChangeDecisionsAsync(RedisKeys keys, Action<DecisionChunk> change)
    {
        var key = keys.Decisions(chunk: 0);
        var chunk = DecisionChunk.Parser.ParseFrom((byte[])(await Redis.Database.StringGetAsync(key))!);
        change(chunk);
        await Redis.Database.StringSetAsync(key, chunk.ToByteArray());
    }

    private async Task ChangeLeafAsync(string history, Action<StoredHistoryPage> change)
    {
        var leaf = StoredHistoryPage.Parser.ParseFrom((byte[])(await Redis.Database.ListGetByIndexAsync(history, 0))!);
        change(leaf);
        await Redis.Database.ListSetByIndexAsync(history, 0, leaf.ToByteArray());
    }

    private async Task ChangeNewestAsync(RedisKeys keys)
    {
        var id = Id(51).ToByteArray();
        var account = StoredAccount.Parser.ParseFrom((byte[])(await Redis.Database.HashGetAsync(keys.Accounts, id))!);
        var leaf = StoredHistoryPage.Parser.ParseFrom(account.Leaf);
        leaf.Entries[^1].Amount++;
        account.Leaf = leaf.ToByteString();
        await Redis.Database.HashSetAsync(keys.Accounts, id, account.ToByteArray());
    }

    private async Task AlterAsync(string hash)
    {
        var entry = (await Redis.Database.HashGetAllAsync(hash))[0];
        await Redis.Database.HashSetAsync(hash, entry.Name, (byte[])[.. (byte[])entry.Value!, (byte)'1']);
    }

    private async Task RemoveAsync(string hash) =>
        await Redis.Database.HashDeleteAsync(hash, (await Redis.Database.HashGetAllAsync(hash))[0].Name);

    private async Task<(string Kind, string Key)> FindAsync(List<LogEntry> log)
    {
        var found = await Assert.ThrowsAsync<DifferenceFoundException>(() => VerifyAsync(log));
        Assert.Equal(Partition, found.Difference.Partition);
        Assert.NotEqual(found.Difference.Expected, found.Difference.Found);
        return (found.Difference.Kind, found.Difference.Key);
    }

    private async Task<EqualPartition> VerifyAsync(List<LogEntry>? log = null)
    {
        using var cursor = new MemoryCursor(log ?? Log);
        return await PartitionVerifier.RunAsync(Chunks(), cursor, _ => Task.CompletedTask, CancellationToken.None);
    }

    private ChunkReader Chunks() => new(Redis.Database, Partition, Redis.Timeout);

    private async Task<RedisKeys> KeysAsync() => new(Partition, await Redis.GenerationAsync());
}
