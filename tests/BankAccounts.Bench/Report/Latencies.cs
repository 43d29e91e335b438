using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Report;

/// <summary>Latencies as people read them.</summary>
public static class Latencies
{
    /// <summary>The quantiles that are told, with their names.</summary>
    public static IReadOnlyList<(string Name, double Part)> Quantiles { get; } =
        [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1)];

    public static string Text(LatencyHistogram latency)
    {
        ArgumentNullException.ThrowIfNull(latency);
        return string.Join(' ', Quantiles.Select(quantile =>
            $"{quantile.Name} {Figures.Text(latency.Quantile(quantile.Part).TotalMilliseconds)}")) + " ms";
    }

    /// <summary>A histogram in text: a line for every doubling of the latency.</summary>
    public static IEnumerable<string> Chart(LatencyHistogram latency)
    {
        ArgumentNullException.ThrowIfNull(latency);
        const int Width = 50;
        var octaves = latency.Filled
            .GroupBy(bucket => Math.Ceiling(Math.Log2(bucket.UpTo.TotalMicroseconds + 1)))
            .Select(octave => (UpToMs: Math.Pow(2, octave.Key) / 1_000, Count: octave.Sum(bucket => bucket.Count)))
            .ToList();
        var most = octaves.Count == 0 ? 1 : octaves.Max(octave => octave.Count);
        foreach (var (upTo, count) in octaves)
        {
            yield return $"  up to {Figures.Text(upTo),8} ms {(double)count / latency.Count * 100,6:0.00} % "
                + new string('#', (int)Math.Ceiling((double)count * Width / most));
        }
    }
}
