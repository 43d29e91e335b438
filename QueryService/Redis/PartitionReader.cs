using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Redis;

/// <summary>
/// Something of a partition as Redis holds it.
/// </summary>
/// <param name="Position">The next offset to be folded: every record below it is in the answer.</param>
/// <param name="CatchUpTo">The end that the log had when its owner began, 0 if that is unknown.</param>
/// <param name="Value">What was asked for; null if there is none.</param>
public sealed record Reading<T>(long Position, long CatchUpTo, T? Value)
    where T : class
{
    /// <summary>Whether the partition is being folded up to where it stood before.</summary>
    public bool IsBehind => Position < CatchUpTo;
}

/// <summary>A name of a partition's list of accounts, and the account; null if it is not there.</summary>
public readonly record struct NamedAccount(byte[] Member, StoredAccount? Account);

/// <summary>What is kept of a position; each null if it is not.</summary>
public sealed record KeptDecision(PushedDecision? Decision, StoredTransfer? Transfer);

/// <summary>
/// Reads from the partitions' state in Redis, each answer with the position that it reflects; null if
/// the partition is not there, because nobody has folded it yet.
/// </summary>
/// <remarks>
/// Every read may throw <see cref="RedisException"/> (Redis is away) and <see cref="TimeoutException"/> (it did
/// not answer in time).
/// </remarks>
public sealed class PartitionReader(IConnectionMultiplexer redis, IOptions<BankOptions> bank)
{
    private static readonly RedisScript ValueScript = new(typeof(PartitionReader), "live.lua", "value.lua");
    private static readonly RedisScript NamesScript = new(typeof(PartitionReader), "live.lua", "names.lua");
    private static readonly RedisScript DecisionScript = new(typeof(PartitionReader), "live.lua", "decision.lua");
    private static readonly RedisScript VoidsScript = new(typeof(PartitionReader), "live.lua", "voids.lua");

    private const int HeaderLength = 3;

    /// <summary>Reads where a partition stands, and nothing else.</summary>
    public Task<Reading<object>?> ReadPositionAsync(int partition, CancellationToken cancellation) =>
        ReadAsync<object>(ValueScript, partition, ["head", "dirty"], _ => null, cancellation);

    /// <summary>Reads an account.</summary>
    public Task<Reading<StoredAccount>?> ReadAsync(AccountId account, CancellationToken cancellation) =>
        ReadValueAsync(
            account.Partition, "accounts", account.ToByteArray(), StoredAccount.Parser, cancellation);

    /// <summary>Reads a transfer.</summary>
    public Task<Reading<StoredTransfer>?> ReadAsync(TransferId transfer, CancellationToken cancellation) =>
        ReadValueAsync(
            transfer.Partition, "transfers", RedisKeys.Offset(transfer.Offset), StoredTransfer.Parser,
            cancellation);

    /// <summary>Reads what is remembered of an account's request.</summary>
    public Task<Reading<StoredRequest>?> ReadRequestAsync(
        AccountId account, ByteString requestId, CancellationToken cancellation) =>
        ReadValueAsync(
            account.Partition, "requests", [.. account.ToByteArray(), .. requestId.Span], StoredRequest.Parser,
            cancellation);

    /// <summary>Reads so many accounts by name.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="prefix">What the names begin with, as UTF-8.</param>
    /// <param name="after">The member behind which to begin; empty for the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Ends the wait for Redis.</param>
    public Task<Reading<IReadOnlyList<NamedAccount>>?> ReadNamesAsync(
        int partition, byte[] prefix, byte[] after, int count, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<NamedAccount>>(
            NamesScript,
            partition,
            [prefix, after, count],
            values => [.. ((RedisResult[])values[0]!).Chunk(2).Select(pair => new NamedAccount(
                (byte[])pair[0]!, Parse(StoredAccount.Parser, pair[1])))],
            cancellation);

    /// <summary>Reads what is kept of a position.</summary>
    public Task<Reading<KeptDecision>?> ReadDecisionAsync(
        int partition, long offset, CancellationToken cancellation) =>
        ReadAsync(
            DecisionScript,
            partition,
            [RedisKeys.PlaceOf(RedisKeys.ChunkOf(offset)), RedisKeys.Offset(offset)],
            values => new KeptDecision(
                Parse(DecisionChunk.Parser, values[0]) is { } chunk ? KeptDecisions.Find(chunk, offset) : null,
                Parse(StoredTransfer.Parser, values[1])),
            cancellation);

    /// <summary>Reads the last void records.</summary>
    public Task<Reading<IReadOnlyList<StoredVoid>>?> ReadVoidsAsync(int partition, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<StoredVoid>>(
            VoidsScript,
            partition,
            [],
            values => [.. ((RedisResult[])values[0]!).Select(value => Parse(StoredVoid.Parser, value)!)],
            cancellation);

    /// <summary>Evaluates a script whose answer begins with layout, catch_up and position.</summary>
    internal async Task<Reading<T>?> ReadAsync<T>(
        RedisScript script,
        int partition,
        RedisValue[] arguments,
        Func<RedisResult[], T?> decode,
        CancellationToken cancellation)
        where T : class
    {
        var result = (RedisResult[])(await script.EvaluateAsync(
            redis.GetDatabase(),
            [RedisKeys.Root(partition)],
            arguments,
            bank.Value.RedisTimeout,
            cancellation))!;
        if (result.Length == 0 || result[2].IsNull || (long)result[0] != RedisKeys.Layout)
        {
            return null;
        }
        return new Reading<T>(
            (long)result[2],
            result[1].IsNull ? 0 : (long)result[1],
            decode(result[HeaderLength..]));
    }

    private Task<Reading<T>?> ReadValueAsync<T>(
        int partition, string hash, byte[] field, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T> =>
        ReadAsync(ValueScript, partition, [hash, field], values => Parse(parser, values[0]), cancellation);

    internal static T? Parse<T>(MessageParser<T> parser, RedisResult value)
        where T : class, IMessage<T> =>
        value.IsNull ? null : parser.ParseFrom((byte[])value!);
}
