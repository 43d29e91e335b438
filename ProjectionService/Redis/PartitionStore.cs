using System.Globalization;
using System.Text;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>The state of one partition in Redis. Every call is one script.</summary>
public sealed class PartitionStore(IDatabase database, int partition, TimeSpan timeout)
    : LedgerStore(partition)
{
    private static readonly RedisScript LoadScript = new(typeof(PartitionStore), "load.lua");
    private static readonly RedisScript BeginScript = new(typeof(PartitionStore), "begin.lua");
    private static readonly RedisScript CatchUpScript = new(typeof(PartitionStore), "catch-up.lua");
    private static readonly RedisScript ChannelsScript = new(typeof(PartitionStore), "channels.lua");
    private static readonly RedisScript PrefetchScript = new(typeof(PartitionStore), "prefetch.lua");
    private static readonly RedisScript CommitScript = new(typeof(PartitionStore), "commit.lua");

    private const int MaxFieldsPerRead = 1_000;
    private const int PrefetchHeaderLength = 5;
    private const int RequestOrderCapacity = 16_384;

    /// <inheritdoc/>
    public override async Task<(RedisKeys Keys, PartitionLedger Ledger)> LoadAsync(
        CancellationToken cancellation)
    {
        while (true)
        {
            var loaded = await EvaluateArrayAsync(LoadScript, [RedisKeys.Root(Partition)], [], cancellation);
            var generation = loaded.Length == 0 ? string.Empty : (string)loaded[0]!;
            if (loaded.Length > 0 && IsUsable(loaded))
            {
                var (keys, ledger) = Resume(loaded);
                if (await TryLoadChannelsAsync(keys, ledger, cancellation))
                {
                    return (keys, ledger);
                }
                continue;
            }
            await BeginScript.EvaluateAsync(
                database,
                [RedisKeys.Root(Partition)],
                [
                    generation,
                    RedisKeys.Layout,
                    Digests.Empty(),
                    StoreCodec.Encode(PartitionHead.Start(), new RequestOrder(0, 0)).ToByteArray(),
                ],
                timeout,
                cancellation);
        }
    }

    /// <inheritdoc/>
    public override async Task PrefetchAsync(
        RedisKeys keys,
        PartitionLedger ledger,
        PrefetchNeeds needs,
        long confirmedPosition,
        CancellationToken cancellation)
    {
        var accounts = needs.Accounts.Chunk(MaxFieldsPerRead).ToList();
        var requests = needs.Requests.Chunk(MaxFieldsPerRead).ToList();
        var producers = needs.Producers.Chunk(MaxFieldsPerRead).ToList();
        using var reads = new MessagePack();
        reads.Array(accounts.Count + requests.Count + producers.Count);
        accounts.ForEach(chunk => AddRead(reads, keys.Accounts, chunk, id => id.ToByteArray()));
        requests.ForEach(chunk => AddRead(reads, keys.Requests, chunk, key => StoreCodec.Field(key)));
        producers.ForEach(chunk => AddRead(reads, keys.Producers, chunk, StoreCodec.Field));

        var wantedFrom = ledger.RequestOrder.LoadedEnd;
        var result = await EvaluateArrayAsync(
            PrefetchScript,
            [RedisKeys.Root(Partition), keys.Head],
            [wantedFrom, needs.OldestRequests, keys.RequestOrder, reads.ToArray()],
            cancellation);
        RequireSameHistory(
            keys,
            result[0].IsNull ? null : (long)result[0],
            result[1].IsNull ? null : (long)result[1],
            isDirty: !result[3].IsNull,
            ledger.Head.Position,
            confirmedPosition);

        ledger.RequestOrder.Load(Array(result[4]).Select(line => StoreCodec.DecodeLine((byte[])line!)));
        var values = new Queue<RedisResult>(result.Skip(PrefetchHeaderLength));
        accounts.ForEach(chunk => Take(
            ledger.Accounts, chunk, values.Dequeue(), ledger.Batch,
            bytes => StoreCodec.Decode(StoredAccount.Parser.ParseFrom(bytes))));
        requests.ForEach(chunk => Take(
            ledger.Requests, chunk, values.Dequeue(), ledger.Batch,
            bytes => StoreCodec.Decode(StoredRequest.Parser.ParseFrom(bytes))));
        producers.ForEach(chunk => Take(
            ledger.Producers, chunk, values.Dequeue(), ledger.Batch,
            bytes => StoreCodec.Decode(StoredProducer.Parser.ParseFrom(bytes))));
    }

    /// <inheritdoc/>
    public override async Task CommitAsync(EncodedCommit commit, CancellationToken cancellation)
    {
        var result = await EvaluateArrayAsync(
            CommitScript,
            [RedisKeys.Root(Partition), commit.Keys.Head],
            [
                commit.Keys.Generation,
                commit.From,
                commit.FromDigest,
                commit.To,
                commit.ToDigest,
                commit.Head,
                commit.FirstRequest,
                commit.Writes,
                commit.Messages,
            ],
            cancellation);
        if ((long)result[0] != 1)
        {
            throw new CommitRefusedException(
                $"Partition {Partition}: Redis stands at {(string?)result[2] ?? "no position"} of generation"
                + $" {(string?)result[1] ?? "none"}, the batch began at {commit.From} of {commit.Keys.Generation}.");
        }
    }

    /// <summary>Notes up to which offset reads are behind the log that was there at the start.</summary>
    /// <exception cref="CommitRefusedException">Another generation is the live one.</exception>
    public async Task SetCatchUpAsync(RedisKeys keys, long endOffset, CancellationToken cancellation)
    {
        var noted = await CatchUpScript.EvaluateAsync(
            database, [RedisKeys.Root(Partition)], [keys.Generation, endOffset], timeout, cancellation);
        if ((long)noted != 1)
        {
            throw new CommitRefusedException($"Partition {Partition}: generation {keys.Generation} is not live.");
        }
    }

    private static bool IsUsable(RedisResult[] loaded) =>
        (string?)loaded[1] == RedisKeys.Layout.ToString(CultureInfo.InvariantCulture)
        && !loaded[2].IsNull && !loaded[3].IsNull && loaded[4].IsNull && !loaded[5].IsNull;

    private (RedisKeys Keys, PartitionLedger Ledger) Resume(RedisResult[] loaded)
    {
        var stored = StoredHead.Parser.ParseFrom((byte[])loaded[5]!);
        var head = StoreCodec.Decode(stored, (long)loaded[2], (byte[])loaded[3]!);
        var producers = loaded.Skip(7).Chunk(2).Select(pair =>
            (long.Parse((string)pair[1]!, CultureInfo.InvariantCulture), new Guid((byte[])pair[0]!, true)));
        var requests = new RequestOrder(stored.FirstRequest, stored.NextRequest, RequestOrderCapacity);
        return (
            new RedisKeys(Partition, (long)loaded[0]),
            new PartitionLedger(Partition, head, requests, new ProducerOrder(producers)));
    }

    /// <summary>Loads the channels; false if another owner committed meanwhile.</summary>
    private async Task<bool> TryLoadChannelsAsync(
        RedisKeys keys, PartitionLedger ledger, CancellationToken cancellation)
    {
        var hashes = await EvaluateArrayAsync(
            ChannelsScript,
            [
                RedisKeys.Root(Partition), keys.Head,
                keys.ChannelsOut, keys.Unsettled, keys.ChannelsIn, keys.Refused,
            ],
            [keys.Generation, ledger.Head.Position],
            cancellation);
        if (hashes.Length == 0)
        {
            return false;
        }
        foreach (var (field, value) in Pairs(hashes[0]))
        {
            var stored = StoredOutgoingChannel.Parser.ParseFrom(value);
            ledger.Load(new OutgoingChannel(
                StoreCodec.DecodePartition(field), stored.NextSequence, stored.Chain.ToByteArray()));
        }
        foreach (var (field, value) in Pairs(hashes[1]))
        {
            var entry = StoreCodec.DecodeChannelEntry(field);
            ledger.Outgoing[entry.Partition].Load(
                StoreCodec.Decode(StoredUnsettled.Parser.ParseFrom(value), entry.Sequence));
        }
        foreach (var (field, value) in Pairs(hashes[2]))
        {
            ledger.Load(StoreCodec.Decode(
                StoredIncomingChannel.Parser.ParseFrom(value), StoreCodec.DecodePartition(field)));
        }
        foreach (var (field, value) in Pairs(hashes[3]))
        {
            var entry = StoreCodec.DecodeChannelEntry(field);
            var reason = (Reason)int.Parse(Encoding.ASCII.GetString(value), CultureInfo.InvariantCulture);
            ledger.Incoming[entry.Partition].Load(entry.Sequence, reason);
        }
        return true;
    }

    private static IEnumerable<(byte[] Field, byte[] Value)> Pairs(RedisResult hash) =>
        Array(hash).Chunk(2).Select(pair => ((byte[])pair[0]!, (byte[])pair[1]!));

    private static void AddRead<TKey>(
        MessagePack reads, string key, TKey[] chunk, Func<TKey, byte[]> field)
    {
        reads.Array(1 + chunk.Length).Text(key);
        foreach (var item in chunk)
        {
            reads.Bytes(field(item));
        }
    }

    private static void Take<TKey, TValue>(
        Table<TKey, TValue> table, TKey[] chunk, RedisResult values, long batch, Func<byte[], TValue> decode)
        where TKey : notnull
        where TValue : class
    {
        foreach (var (key, value) in chunk.Zip(Array(values)))
        {
            table.Load(key, value.IsNull ? null : decode((byte[])value!), batch);
        }
    }

    private async Task<RedisResult[]> EvaluateArrayAsync(
        RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellation) =>
        Array(await script.EvaluateAsync(database, keys, arguments, timeout, cancellation));

    private static RedisResult[] Array(RedisResult result) => (RedisResult[])result!;
}
