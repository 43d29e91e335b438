using System.Globalization;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// One owner's connection to the simulated Redis. Reads are answered at once; a commit waits until the
/// schedule lets its script run, and its answer come.
/// </summary>
internal sealed class SimulatedStore(int partition, SimulatedRedis redis, Func<long> nextGeneration, Fault fault)
    : LedgerStore(partition)
{
    /// <summary>The commit whose answer the owner waits for.</summary>
    public PendingCommit? Pending { get; set; }

    /// <summary>The next read fails, as if Redis were away.</summary>
    public bool IsAway { get; set; }

    public override Task<(RedisKeys Keys, PartitionLedger Ledger)> LoadAsync(CancellationToken cancellation)
    {
        ThrowIfAway();
        if (!redis.IsUsable)
        {
            redis.Begin(
                nextGeneration(),
                Digests.Empty(),
                StoreCodec.Encode(PartitionHead.Start(), new RequestOrder(0, 0)).ToByteArray());
        }
        var keys = new RedisKeys(Partition, redis.Generation!.Value);
        var stored = StoredHead.Parser.ParseFrom(redis.Head.Head);
        var producers = redis.SortedSet(keys.ProducerOrder)
            .Select(pair => (pair.Value, new Guid(pair.Key.Span, bigEndian: true)));
        var ledger = new PartitionLedger(
            Partition,
            StoreCodec.Decode(stored, redis.Head.Position, redis.Head.Digest),
            new RequestOrder(stored.FirstRequest, stored.NextRequest),
            new ProducerOrder(producers));
        LoadChannels(keys, ledger);
        return Task.FromResult((keys, ledger));
    }

    public override Task PrefetchAsync(
        RedisKeys keys,
        PartitionLedger ledger,
        PrefetchNeeds needs,
        long confirmedPosition,
        CancellationToken cancellation)
    {
        ThrowIfAway();
        if (fault != Fault.NoPrefetchRule)
        {
            RequireSameHistory(
                keys, redis.Generation, redis.Generation is null ? null : redis.Head.Position, redis.IsDirty,
                ledger.Head.Position, confirmedPosition);
        }
        var wanted = ledger.RequestOrder.LoadedEnd - redis.Head.FirstRequest;
        if (needs.OldestRequests > 0 && wanted >= 0)
        {
            ledger.RequestOrder.Load(redis.List(keys.RequestOrder).Skip((int)wanted).Take(needs.OldestRequests)
                .Select(line => StoreCodec.DecodeLine(line.ToByteArray())));
        }
        Take(ledger.Accounts, needs.Accounts, keys.Accounts, id => id.ToByteArray(), ledger.Batch,
            bytes => StoreCodec.Decode(StoredAccount.Parser.ParseFrom(bytes)));
        Take(ledger.Requests, needs.Requests, keys.Requests, key => StoreCodec.Field(key), ledger.Batch,
            bytes => StoreCodec.Decode(StoredRequest.Parser.ParseFrom(bytes)));
        Take(ledger.Producers, needs.Producers, keys.Producers, StoreCodec.Field, ledger.Batch,
            bytes => StoreCodec.Decode(Narrowed(StoredProducer.Parser.ParseFrom(bytes))));
        return Task.CompletedTask;
    }

    public override Task CommitAsync(EncodedCommit commit, CancellationToken cancellation)
    {
        Pending = new PendingCommit(commit);
        return Pending.Answer.Task;
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            IsAway = false;
            throw new TimeoutException("The simulated Redis is away.");
        }
    }

    private StoredProducer Narrowed(StoredProducer stored)
    {
        if (fault != Fault.DedupeWindowOfTwo)
        {
            return stored;
        }
        var left = 2;
        for (var run = 0; run < stored.Lengths.Count; run++)
        {
            stored.Lengths[run] = Math.Min(stored.Lengths[run], left);
            left -= stored.Lengths[run];
        }
        return stored;
    }

    private void Take<TKey, TValue>(
        Table<TKey, TValue> table,
        IEnumerable<TKey> wanted,
        string key,
        Func<TKey, byte[]> field,
        long batch,
        Func<ByteString, TValue> decode)
        where TKey : notnull
        where TValue : class
    {
        var hash = redis.Hash(key);
        foreach (var item in wanted)
        {
            var isThere = hash.TryGetValue(UnsafeByteOperations.UnsafeWrap(field(item)), out var value);
            table.Load(item, isThere ? decode(value!) : null, batch);
        }
    }

    private void LoadChannels(RedisKeys keys, PartitionLedger ledger)
    {
        foreach (var (field, value) in redis.Hash(keys.ChannelsOut))
        {
            var stored = StoredOutgoingChannel.Parser.ParseFrom(value);
            ledger.Load(new OutgoingChannel(
                StoreCodec.DecodePartition(field.ToByteArray()), stored.NextSequence, stored.Chain.ToByteArray()));
        }
        foreach (var (field, value) in redis.Hash(keys.Unsettled))
        {
            var entry = StoreCodec.DecodeChannelEntry(field.ToByteArray());
            ledger.Outgoing[entry.Partition].Load(
                StoreCodec.Decode(StoredUnsettled.Parser.ParseFrom(value), entry.Sequence));
        }
        foreach (var (field, value) in redis.Hash(keys.ChannelsIn))
        {
            ledger.Load(StoreCodec.Decode(
                StoredIncomingChannel.Parser.ParseFrom(value),
                StoreCodec.DecodePartition(field.ToByteArray())));
        }
        foreach (var (field, value) in redis.Hash(keys.Refused))
        {
            var entry = StoreCodec.DecodeChannelEntry(field.ToByteArray());
            ledger.Incoming[entry.Partition].Load(
                entry.Sequence, (Reason)int.Parse(value.Span, CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>A commit on its way to Redis, or its answer on its way back.</summary>
internal sealed class PendingCommit(EncodedCommit commit)
{
    public EncodedCommit Commit { get; } = commit;

    /// <summary>What the owner waits for.</summary>
    public TaskCompletionSource Answer { get; } = new();

    /// <summary>What became of the script; null while it did not run.</summary>
    public ScriptOutcome? Outcome { get; set; }
}

/// <summary>What became of the script of a commit.</summary>
internal enum ScriptOutcome
{
    /// <summary>It did all it had to.</summary>
    Taken,

    /// <summary>It changed nothing: the store stood elsewhere.</summary>
    Refused,

    /// <summary>It died midway; what it had written by then is there.</summary>
    Died,
}
