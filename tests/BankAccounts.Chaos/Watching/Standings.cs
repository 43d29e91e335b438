using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using StackExchange.Redis;

namespace BankAccounts.Chaos;

/// <summary>
/// Looks every second at where each partition stands in Redis, with its digests: the checker holds them against its own
/// fold, so Redis has to be the fold of the log all the time and not only at the end.
/// </summary>
internal sealed class Standings(ChaosRedis redis, EventLog log)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Looks until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            for (var partition = 0; partition < ChaosBank.Partitions; partition++)
            {
                try
                {
                    await LookAsync(partition);
                }
                catch (Exception away) when (away is RedisException or TimeoutException)
                {
                    // It is looked at again.
                }
            }
            await Task.Delay(Pace, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Where each partition stands: position and both digests in one line.</summary>
    public async Task<string[]> AllAsync()
    {
        var all = new string[ChaosBank.Partitions];
        for (var partition = 0; partition < ChaosBank.Partitions; partition++)
        {
            all[partition] = await ReadAsync(partition) is var (position, digest, decisions)
                ? $"{position} {digest} {decisions}"
                : "no state";
        }
        return all;
    }

    private async Task LookAsync(int partition)
    {
        // The time is that before the look, so that no loss after it explains what was seen.
        var now = log.Now;
        if (await ReadAsync(partition) is var (position, digest, decisions))
        {
            log.Note(new
            {
                Event = "standing",
                T = now,
                Partition = partition,
                Position = position,
                Digest = digest,
                DecisionDigest = decisions,
            });
        }
    }

    private async Task<(long Position, string Digest, string Decisions)?> ReadAsync(int partition)
    {
        var generation = await redis.Database.HashGetAsync(RedisKeys.Root(partition), "generation");
        if (generation.IsNull)
        {
            return null;
        }
        var head = await redis.Database.HashGetAsync(
            new RedisKeys(partition, (long)generation).Head, ["position", "digest", "head", "dirty"]);
        return head is [{ IsNull: false }, { IsNull: false }, { IsNull: false }, { IsNull: true }]
            ? ((long)head[0], Convert.ToHexStringLower((byte[])head[1]!),
                Convert.ToHexStringLower(StoredHead.Parser.ParseFrom((byte[])head[2]!).DecisionDigest.Span))
            : null;
    }
}
