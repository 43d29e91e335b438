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

/// <summary>
/// Reads from the partitions' state in Redis, each answer with the position that it reflects; null if
/// the partition is not there, because nobody has folded it yet.
/// </summary>
public sealed class PartitionReader(IConnectionMultiplexer redis, IOptions<BankOptions> bank)
{
    private static readonly RedisScript ValueScript = new(typeof(PartitionReader), "value.lua");

    /// <summary>Reads an account.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public Task<Reading<StoredAccount>?> ReadAsync(AccountId account, CancellationToken cancellation) =>
        ReadAsync(
            account.Partition, "accounts", account.ToByteArray(), StoredAccount.Parser, cancellation);

    /// <summary>Reads a transfer.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public Task<Reading<StoredTransfer>?> ReadAsync(TransferId transfer, CancellationToken cancellation) =>
        ReadAsync(
            transfer.Partition, "transfers", RedisKeys.Offset(transfer.Offset), StoredTransfer.Parser,
            cancellation);

    private async Task<Reading<T>?> ReadAsync<T>(
        int partition, string hash, byte[] field, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var result = (RedisResult[])(await ValueScript.EvaluateAsync(
            redis.GetDatabase(),
            [RedisKeys.Root(partition)],
            [hash, field],
            bank.Value.RedisTimeout,
            cancellation))!;
        if (result.Length == 0 || result[2].IsNull || (long)result[0] != RedisKeys.Layout)
        {
            return null;
        }
        return new Reading<T>(
            (long)result[2],
            result[1].IsNull ? 0 : (long)result[1],
            result[3].IsNull ? null : parser.ParseFrom((byte[])result[3]!));
    }
}
