using System.Globalization;

namespace BankAccounts.AppHost.Commands;

/// <summary>What became of a load. It is as small after a million commands as after ten.</summary>
internal sealed class LoadReport
{
    /// <summary>Each bucket of latencies ends 2% above the one before: 0.05 ms … 60 s.</summary>
    private const double Growth = 1.02;
    private const double LeastMs = 0.05;
    private const int Buckets = 708;

    private readonly long[] latencies = new long[Buckets];
    private readonly SortedDictionary<string, long> refusals = new(StringComparer.Ordinal);
    private TimeSpan elapsed;

    /// <summary>Puts the reports of callers together.</summary>
    public static LoadReport Of(IEnumerable<LoadReport> callers, TimeSpan elapsed)
    {
        var all = new LoadReport { elapsed = elapsed };
        foreach (var caller in callers)
        {
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                all.latencies[bucket] += caller.latencies[bucket];
            }
            foreach (var (reason, count) in caller.refusals)
            {
                all.refusals[reason] = all.refusals.GetValueOrDefault(reason) + count;
            }
        }
        return all;
    }

    /// <summary>Counts a command.</summary>
    /// <param name="reason">Why it was refused; empty if it was not.</param>
    /// <param name="latency">From the call to its answer.</param>
    public void Count(string reason, TimeSpan latency)
    {
        latencies[BucketOf(latency.TotalMilliseconds)]++;
        if (reason.Length > 0)
        {
            refusals[reason] = refusals.GetValueOrDefault(reason) + 1;
        }
    }

    /// <summary>Below what a part of the latencies was, in milliseconds, at most 2% too much; 0 without any.</summary>
    public double LatencyMs(double part)
    {
        var wanted = latencies.Sum() * part;
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            wanted -= latencies[bucket];
            if (wanted <= 0 && latencies[bucket] > 0)
            {
                return LeastMs * Math.Pow(Growth, bucket);
            }
        }
        return 0;
    }

    /// <summary>The report as a command's result.</summary>
    public ExecuteCommandResult Result()
    {
        var commands = latencies.Sum();
        var refused = refusals.Values.Sum();
        var lines = refusals.OrderByDescending(reason => reason.Value)
            .Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Value,8} {reason.Key}"));
        return CommandResults.Success(
            string.Create(CultureInfo.InvariantCulture,
                $"{commands / elapsed.TotalSeconds:F0} decisions/s ({commands} in {elapsed.TotalSeconds:F1} s), ")
            + string.Create(CultureInfo.InvariantCulture,
                $"latency p50 {LatencyMs(0.5):F1} ms, p99 {LatencyMs(0.99):F1} ms; {refused} refused."),
            new CommandResultData { Value = string.Join('\n', lines), DisplayImmediately = true });
    }

    private static int BucketOf(double milliseconds) => (int)Math.Clamp(
        Math.Ceiling(Math.Log(milliseconds / LeastMs, Growth)), 0, Buckets - 1);
}
