using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Processes;

namespace BankAccounts.Bench.Tests;

/// <summary>Series with known values.</summary>
internal static class Some
{
    public static Series Series(string name, params double[] values)
    {
        var series = new Series(new Measurement(name, $"the title of {name}", "commands/s", _ => throw new NotSupportedException()));
        foreach (var value in values)
        {
            series.Add(new Sample(value, Count: 1_000, Latency(value)) { Cpu = Cpu(value) });
        }
        return series;
    }

    /// <summary>One call, of so many milliseconds.</summary>
    private static LatencyHistogram Latency(double milliseconds)
    {
        var latency = new LatencyHistogram();
        latency.Record(TimeSpan.FromMilliseconds(milliseconds));
        return latency;
    }

    /// <summary>So many CPU seconds, half of them Kafka's, and as many again of what does not count.</summary>
    private static CpuUsage Cpu(double seconds) => new(TimeSpan.FromSeconds(1), new Dictionary<string, double>
    {
        ["kafka"] = seconds / 2,
        ["redis"] = seconds / 2,
        ["generator"] = seconds,
    });
}
