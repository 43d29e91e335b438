using BankAccounts.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Rebuilding;

/// <summary>Removes what is left of a partition's generations that are not live, in bounded steps.</summary>
public static class GenerationSweeper
{
    private static readonly RedisScript Script = new(typeof(GenerationSweeper), "sweep.lua");

    private const int KeysAtOnce = 500;

    /// <summary>Removes them, and returns how many keys went and how many have to go later.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public static async Task<(long Removed, long Later)> SweepAsync(
        IDatabase database, int partition, TimeSpan timeout, CancellationToken cancellation)
    {
        var (removed, later) = (0L, 0L);
        var cursor = "0";
        do
        {
            var step = (RedisResult[])(await Script.EvaluateAsync(
                database,
                [RedisKeys.Root(partition)],
                [cursor, RedisKeys.PatternOfAll(partition), KeysAtOnce],
                timeout,
                cancellation))!;
            cursor = (string)step[0]!;
            removed += (long)step[1];
            later += (long)step[2];
        }
        while (cursor != "0");
        return (removed, later);
    }
}
