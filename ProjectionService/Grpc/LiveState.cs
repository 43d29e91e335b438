using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>Parts of the live state of any partition, for operators.</summary>
public sealed class LiveState(IConnectionMultiplexer redis, IOptions<BankOptions> bank)
{
    /// <summary>A rebuild may replace the live state after it was looked up, before its parts are read.</summary>
    private const int Attempts = 3;

    private IDatabase Database => redis.GetDatabase();

    /// <summary>Reads parts, each by a Redis command, in one instant; null if there is no live state.</summary>
    /// <exception cref="GenerationMovedException">The live state was replaced meanwhile, again and again.</exception>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task<Chunk?> ReadAsync(
        int partition, Func<RedisKeys, string[][]> reads, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadOnceAsync(partition, reads, cancellation);
            }
            catch (GenerationMovedException) when (attempt < Attempts)
            {
                // What is live now is read the next time.
            }
        }
    }

    /// <summary>Reads what the owner of a partition said of itself last.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task<byte[]> ReadOwnerAsync(int partition, string field, CancellationToken cancellation) =>
        (byte[]?)await Database.HashGetAsync(RedisKeys.Owner(partition), field)
            .WaitAsync(bank.Value.RedisTimeout, cancellation) ?? [];

    private async Task<Chunk?> ReadOnceAsync(
        int partition, Func<RedisKeys, string[][]> reads, CancellationToken cancellation)
    {
        var chunks = new ChunkReader(Database, partition, bank.Value.RedisTimeout);
        return await chunks.ReadAsync(cancellation) is { } live
            ? await chunks.ReadAsync(
                live.Generation, reads(new RedisKeys(partition, live.Generation)), cancellation)
            : null;
    }
}
