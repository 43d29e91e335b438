using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Redis;

/// <summary>
/// One account as Redis holds it.
/// </summary>
/// <param name="Position">The next offset to be folded: every record below it is in the answer.</param>
/// <param name="CatchUpTo">The end that the log had when its owner began, 0 if that is unknown.</param>
/// <param name="Account">The account; null if there is none.</param>
public sealed record AccountReading(long Position, long CatchUpTo, StoredAccount? Account)
{
    /// <summary>Whether the partition is being folded up to where it stood before.</summary>
    public bool IsBehind => Position < CatchUpTo;
}

/// <summary>Reads accounts from Redis, each with the position that it reflects.</summary>
public sealed class AccountReader(IConnectionMultiplexer redis, IOptions<BankOptions> bank)
{
    private static readonly RedisScript AccountScript = new(typeof(AccountReader), "account.lua");

    /// <summary>
    /// Reads an account; null if its partition is not there, because nobody has folded it yet.
    /// </summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task<AccountReading?> ReadAsync(AccountId account, CancellationToken cancellation)
    {
        var result = (RedisResult[])(await AccountScript.EvaluateAsync(
            redis.GetDatabase(),
            [RedisKeys.Root(account.Partition)],
            [account.ToByteArray()],
            bank.Value.RedisTimeout,
            cancellation))!;
        if (result.Length == 0 || result[2].IsNull || (long)result[0] != RedisKeys.Layout)
        {
            return null;
        }
        return new AccountReading(
            (long)result[2],
            result[1].IsNull ? 0 : (long)result[1],
            result[3].IsNull ? null : StoredAccount.Parser.ParseFrom((byte[])result[3]!));
    }
}
