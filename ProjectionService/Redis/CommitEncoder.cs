using System.Globalization;
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
    /// <summary>The most arguments of one command: Lua can unpack some thousands onto its stack.</summary>
    private const int MaxArguments = 2_000;

    /// <summary>The most accounts that a commit names for those who watch: 8 KiB.</summary>
    private const int MaxAccountsNamed = 512;

    private readonly MessagePack commands = new();
    private int commandCount;

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
        var packed = new byte[5 + encoder.commands.Written.Length];
        new MessagePack().Array(encoder.commandCount).Written.CopyTo(packed);
        encoder.commands.Written.CopyTo(packed.AsMemory(5));
        return packed;
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
            .Bytes(Committed(keys, changes, from, to).ToByteArray());
        foreach (var (channel, batch) in byChannel)
        {
            packed.Array(2).Bytes(channel.Span).Bytes(batch.ToByteArray());
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
        Add("HSET", keys.Accounts, changes.Accounts.SelectMany(changed => new[]
        {
            changed.Key.ToByteArray(), StoreCodec.Encode(changed.Value).ToByteArray(),
        }));
        Add("ZADD", keys.Names, changes.History
            .Where(entry => entry is { Kind: Kind.Create, Decision.IsAccepted: true })
            .SelectMany(entry => new[]
            {
                Number(0), RedisKeys.NameMember(entry.Command.Create.HolderName.Span, entry.Account),
            }));
    }

    private void AddHistory(Changes changes)
    {
        foreach (var entries in changes.History.GroupBy(entry => entry.Account))
        {
            Add("RPUSH", keys.History(entries.Key),
                entries.Select(entry => StoreCodec.Encode(entry).ToByteArray()));
        }
    }

    private void AddRequests(Changes changes)
    {
        Add("HSET", keys.Requests, changes.Requests
            .Where(changed => changed.Value is not null)
            .SelectMany(changed => new[]
            {
                StoreCodec.Field(changed.Key), StoreCodec.Encode(changed.Value!).ToByteArray(),
            }));
        Add("HDEL", keys.Requests, changes.Requests
            .Where(changed => changed.Value is null)
            .Select(changed => StoreCodec.Field(changed.Key)));
        Add("RPUSH", keys.RequestOrder, changes.Remembered.Select(age => StoreCodec.Line(age)));
        if (changes.ForgottenRequests > 0)
        {
            Add("LPOP", keys.RequestOrder, [Number(changes.ForgottenRequests)]);
        }
    }

    private void AddProducers(Changes changes)
    {
        var seen = changes.Producers.Where(changed => changed.Value is not null).ToList();
        var forgotten = changes.Producers.Where(changed => changed.Value is null).ToList();
        Add("HSET", keys.Producers, seen.SelectMany(changed => new[]
        {
            StoreCodec.Field(changed.Key), StoreCodec.Encode(changed.Value!).ToByteArray(),
        }));
        Add("ZADD", keys.ProducerOrder, seen.SelectMany(changed => new[]
        {
            Number(changed.Value!.LastSeenMs), StoreCodec.Field(changed.Key),
        }));
        Add("HDEL", keys.Producers, forgotten.Select(changed => StoreCodec.Field(changed.Key)));
        Add("ZREM", keys.ProducerOrder, forgotten.Select(changed => StoreCodec.Field(changed.Key)));
    }

    private void AddVoids(Changes changes)
    {
        var latest = changes.Voids.TakeLast(RedisKeys.MaxVoids).ToList();
        if (latest.Count > 0)
        {
            Add("RPUSH", keys.Voids, latest.Select(note => StoreCodec.Encode(note).ToByteArray()));
            Add("LTRIM", keys.Voids, [Number(-RedisKeys.MaxVoids), Number(-1)]);
        }
    }

    private void AddTransfers(Changes changes)
    {
        if (changes.Outgoing.Count + changes.Unsettled.Count + changes.Incoming.Count + changes.Refused.Count
            + changes.Transfers.Count == 0)
        {
            return;
        }
        Add("HSET", keys.ChannelsOut, changes.Outgoing.SelectMany(channel => new[]
        {
            StoreCodec.Field(channel.Destination), StoreCodec.Encode(channel).ToByteArray(),
        }));
        Add("HSET", keys.Unsettled, changes.Unsettled
            .Where(changed => changed.Value is not null)
            .SelectMany(changed => new[]
            {
                StoreCodec.Field(changed.Key), StoreCodec.Encode(changed.Value!).ToByteArray(),
            }));
        Add("HDEL", keys.Unsettled, changes.Unsettled
            .Where(changed => changed.Value is null)
            .Select(changed => StoreCodec.Field(changed.Key)));
        Add("HSET", keys.ChannelsIn, changes.Incoming.SelectMany(channel => new[]
        {
            StoreCodec.Field(channel.Source), StoreCodec.Encode(channel).ToByteArray(),
        }));
        Add("HSET", keys.Refused, changes.Refused
            .Where(changed => changed.Value is not null)
            .SelectMany(changed => new[]
            {
                StoreCodec.Field(changed.Key), Number((int)changed.Value!),
            }));
        Add("HDEL", keys.Refused, changes.Refused
            .Where(changed => changed.Value is null)
            .Select(changed => StoreCodec.Field(changed.Key)));
        Add("HSET", keys.Transfers, changes.Transfers.SelectMany(changed => new[]
        {
            RedisKeys.Offset(changed.Key), StoreCodec.Encode(changed.Value).ToByteArray(),
        }));
    }

    /// <summary>
    /// A transfer becomes final long after its command: by then its place may belong to a later record.
    /// </summary>
    private void AddDecisions(Changes changes, long position) =>
        Add("HSET", keys.Decisions, changes.Answers
            .Where(answer => answer.Offset >= position - RedisKeys.MaxDecisions)
            .SelectMany(answer =>
            {
                var stored = StoreCodec.Encode(answer);
                stored.ProducerId = answer.To.ProducerId;
                return new[] { Number(answer.Offset % RedisKeys.MaxDecisions), stored.ToByteArray() };
            }));

    private void Add(string command, string key, IEnumerable<byte[]> arguments)
    {
        foreach (var chunk in arguments.Chunk(MaxArguments))
        {
            commands.Array(2 + chunk.Length).Text(command).Text(key);
            foreach (var argument in chunk)
            {
                commands.Bytes(argument);
            }
            commandCount++;
        }
    }

    private static byte[] Number(long number) =>
        System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
