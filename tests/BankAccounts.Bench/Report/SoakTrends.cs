using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Report;

/// <summary>What became of something over a soak.</summary>
/// <param name="What">What it is.</param>
/// <param name="Trend">How it went in the later half.</param>
/// <param name="Unit">The unit of its values.</param>
/// <param name="FlatBelow">By which part of its mean it may rise and is flat still.</param>
public sealed record SoakTrend(string What, Trend Trend, string Unit, double FlatBelow)
{
    public bool IsFlat => Trend.IsFlat(FlatBelow);

    public override string ToString() => FormattableString.Invariant(
        $"{What,-40} {Figures.Text(Trend.Mean),10} {Unit,-4} {Trend.Growth * 100,7:+0.0;-0.0} % over the later half: {(IsFlat ? "flat" : "GROWS")}");
}

/// <summary>
/// Judges a soak. The services' memory has to be flat; that of Redis grows with the history, so it is told for each
/// command. Kafka's heap and page cache are its own.
/// </summary>
public static class SoakTrends
{
    /// <summary>With fewer minutes the later half is no line that could rise.</summary>
    public const int FewestMinutes = 6;

    private const double MemoryMayGrow = 0.05;
    private const double LatencyMayGrow = 0.25;

    /// <summary>The trends; none of a soak that was too short.</summary>
    public static IEnumerable<SoakTrend> Of(IReadOnlyList<SoakMinute> minutes)
    {
        ArgumentNullException.ThrowIfNull(minutes);
        if (minutes.Count < FewestMinutes)
        {
            yield break;
        }
        foreach (var kind in new[] { "command-service", "projection-service", "query-service" })
        {
            yield return new SoakTrend(
                $"{kind}, resident, all replicas",
                Trend.Of([.. minutes.Select(minute => Memories.ResidentMiB(minute.Memory, kind))]),
                "MiB", MemoryMayGrow);
        }
        foreach (var (name, part) in Latencies.Quantiles.Take(3))
        {
            yield return new SoakTrend(
                $"latency {name}",
                Trend.Of([.. minutes.Select(minute => minute.Latency.Quantile(part).TotalMilliseconds)]),
                "ms", LatencyMayGrow);
        }
        yield return new SoakTrend(
            "Redis, allocated, for each command",
            Trend.Of([.. PerCommand(minutes)]), "B", MemoryMayGrow);
    }

    private static IEnumerable<double> PerCommand(IReadOnlyList<SoakMinute> minutes) =>
        minutes.Zip(minutes.Skip(1), (before, after) =>
            (double)(after.Memory.RedisBytes - before.Memory.RedisBytes) / (after.Commands - before.Commands));
}
