using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>
/// Turns what a batch changed into the writes and the messages of one commit. One command for each key
/// and chunk, not for each record.
/// </summary>
public sealed class CommitEncoder(RedisKeys keys)
{
    /// <summary>The most accounts that a commit names for those who watch: 8 KiB.</summary>
    private const int MaxAccountsNamed = 512;

    private readonly CommandPack pack = new();

    /// <summary>The writes of a batch, packed.</summary>
    public static ReadOnlyMemory<byte> Writes(RedisKeys keys, Changes changes, long position)
    {
        var encoder = new CommitEncoder(keys);
        encoder.AddAccounts(changes);
        encoder.AddHistory(changes);
        encoder.AddRequests(changes);
        encoder.AddProducers(changes);
        encoder.AddTransfers(changes);
        encoder.AddVoids(changes);
        encoder.AddDecisions(changes, position);
        return encoder.pack.Written;
    }

    /// <summary>
    /// The messages of a batch, packed: one for each appender that waits, and one for those who watch.
    /// </summary>
    public static ReadOnlyMemory<byte> Messages(RedisKeys keys, Changes changes, long from, long to)
    {
        var byChannel = new Dictionary<ByteString, DecisionBatch>();
        foreach (var answer in changes.Answers)
        {
            if (answer.To.ReplyTo.IsEmpty)
            {
                continue;
            }
            if (!byChannel.TryGetValue(answer.To.ReplyTo, out var batch))
            {
                batch = new DecisionBatch { Partition = keys.Partition };
                byChannel.Add(answer.To.ReplyTo, batch);
            }
            batch.Decisions.Add(StoreCodec.Encode(answer));
        }
        var packed = new MessagePack().Array(byChannel.Count + 1)
            .Array(2)
            .Text(RedisKeys.Committed(keys.Partition))
            .Message(Committed(keys, changes, from, to));
        foreach (var (channel, batch) in byChannel)
        {
            packed.Array(2).Bytes(channel.Span).Message(batch);
        }
        return packed.Written;
    }

    private static CommittedBatch Committed(RedisKeys keys, Changes changes, long from, long to)
    {
        var committed = new CommittedBatch { Partition = keys.Partition, FromPosition = from, Position = to };
        if (changes.Accounts.Count > MaxAccountsNamed)
        {
            committed.Many = true;
            return committed;
        }
        var accounts = new byte[changes.Accounts.Count * AccountId.Size];
        var next = accounts.AsSpan();
        foreach (var account in changes.Accounts.Keys)
        {
            account.Write(next);
            next = next[AccountId.Size..];
        }
        committed.Accounts = ByteString.CopyFrom(accounts);
        return committed;
    }

    private void AddAccounts(Changes changes)
    {
        pack.For("HSET", keys.Accounts);
        foreach (var (id, account) in changes.Accounts)
        {
            pack.Arguments(2).Bytes(id).Message(StoreCodec.Encode(account));
        }
        pack.For("ZADD", keys.Names);
        foreach (var entry in changes.History)
        {
            if (entry is { Kind: Kind.Create, Decision.IsAccepted: true })
            {
                pack.Arguments(2).Number(0)
                    .Bytes(RedisKeys.NameMember(entry.Command.Create.HolderName.Span, entry.Account));
            }
        }
    }

    private void AddHistory(Changes changes)
    {
        foreach (var entries in changes.History.GroupBy(entry => entry.Account))
        {
            pack.For("RPUSH", keys.History(entries.Key));
            foreach (var entry in entries)
            {
                pack.Arguments(1).Message(StoreCodec.Encode(entry));
            }
        }
    }

    private void AddRequests(Changes changes)
    {
        Set(keys.Requests, changes.Requests, key => StoreCodec.Field(key), request => StoreCodec.Encode(request));
        Remove("HDEL", keys.Requests, changes.Requests, key => StoreCodec.Field(key));
        pack.For("RPUSH", keys.RequestOrder);
        foreach (var age in changes.Remembered)
        {
            pack.Arguments(1).Bytes(StoreCodec.Line(age));
        }
        if (changes.ForgottenRequests > 0)
        {
            pack.For("LPOP", keys.RequestOrder);
            pack.Arguments(1).Number(changes.ForgottenRequests);
        }
    }

    private void AddProducers(Changes changes)
    {
        Set(keys.Producers, changes.Producers, StoreCodec.Field, window => StoreCodec.Encode(window));
        pack.For("ZADD", keys.ProducerOrder);
        foreach (var (producer, window) in changes.Producers)
        {
            if (window is not null)
            {
                pack.Arguments(2).Number(window.LastSeenMs).Bytes(StoreCodec.Field(producer));
            }
        }
        Remove("HDEL", keys.Producers, changes.Producers, StoreCodec.Field);
        Remove("ZREM", keys.ProducerOrder, changes.Producers, StoreCodec.Field);
    }

    private void AddVoids(Changes changes)
    {
        if (changes.Voids.Count == 0)
        {
            return;
        }
        pack.For("RPUSH", keys.Voids);
        foreach (var note in changes.Voids.TakeLast(RedisKeys.MaxVoids))
        {
            pack.Arguments(1).Message(StoreCodec.Encode(note));
        }
        pack.For("LTRIM", keys.Voids);
        pack.Arguments(2).Number(-RedisKeys.MaxVoids).Number(-1);
    }

    private void AddTransfers(Changes changes)
    {
        pack.For("HSET", keys.ChannelsOut);
        foreach (var channel in changes.Outgoing)
        {
            pack.Arguments(2).Bytes(StoreCodec.Field(channel.Destination)).Message(StoreCodec.Encode(channel));
        }
        Set(keys.Unsettled, changes.Unsettled, StoreCodec.Field, transfer => StoreCodec.Encode(transfer));
        Remove("HDEL", keys.Unsettled, changes.Unsettled, StoreCodec.Field);
        pack.For("HSET", keys.ChannelsIn);
        foreach (var channel in changes.Incoming)
        {
            pack.Arguments(2).Bytes(StoreCodec.Field(channel.Source)).Message(StoreCodec.Encode(channel));
        }
        pack.For("HSET", keys.Refused);
        foreach (var (entry, reason) in changes.Refused)
        {
            if (reason is { } refused)
            {
                pack.Arguments(2).Bytes(StoreCodec.Field(entry)).Number((int)refused);
            }
        }
        Remove("HDEL", keys.Refused, changes.Refused, StoreCodec.Field);
        pack.For("HSET", keys.Transfers);
        foreach (var (offset, state) in changes.Transfers)
        {
            pack.Arguments(2).Bytes(RedisKeys.Offset(offset)).Message(StoreCodec.Encode(state));
        }
    }

    /// <summary>
    /// A transfer becomes final long after its command: by then its place may belong to a later record.
    /// </summary>
    private void AddDecisions(Changes changes, long position)
    {
        pack.For("HSET", keys.Decisions);
        foreach (var answer in changes.Answers)
        {
            if (answer.Offset >= position - RedisKeys.MaxDecisions)
            {
                var stored = StoreCodec.Encode(answer);
                stored.ProducerId = answer.To.ProducerId;
                pack.Arguments(2).Number(answer.Offset % RedisKeys.MaxDecisions).Message(stored);
            }
        }
    }

    /// <summary>The things that are there afterwards.</summary>
    private void Set<TKey, TValue>(
        string key, Dictionary<TKey, TValue?> changed, Func<TKey, byte[]> field, Func<TValue, IMessage> encode)
        where TKey : notnull
        where TValue : class
    {
        pack.For("HSET", key);
        foreach (var (id, value) in changed)
        {
            if (value is not null)
            {
                pack.Arguments(2).Bytes(field(id)).Message(encode(value));
            }
        }
    }

    /// <summary>The things that are not there any more.</summary>
    private void Remove<TKey, TValue>(
        string command, string key, Dictionary<TKey, TValue> changed, Func<TKey, byte[]> field)
        where TKey : notnull
    {
        pack.For(command, key);
        foreach (var (id, value) in changed)
        {
            if (value is null)
            {
                pack.Arguments(1).Bytes(field(id));
            }
        }
    }
}
