using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Report.Svg;

namespace BankAccounts.Bench.Report;

/// <summary>The pictures of a run: those for which something was measured.</summary>
public static class Plots
{
    private static readonly int[] InFlight = [1, 16, 64, 256];

    /// <summary>Each with the name of its file.</summary>
    public static IEnumerable<(string File, LineChart Chart)> Of(RunReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new (string, LineChart?)[]
        {
            ("latency.svg", Latency(report)),
            ("throughput.svg", Throughput(report)),
            ("growth.svg", Growth(report)),
            ("soak-memory.svg", SoakMemory(report)),
            ("soak-latency.svg", SoakLatency(report)),
        }.Where(plot => plot.Item2 is not null).Select(plot => (plot.Item1, plot.Item2!));
    }

    /// <summary>Percentiles, the far ones apart: to the right goes 1 / (1 − part).</summary>
    private static LineChart? Latency(RunReport report)
    {
        var lines = Plan.OpenLoads.Select(Plan.OpenName).Append("unary-1").Select(report.Of).OfType<Series>()
            .Select(series => new Line(
                series.Measurement.Name == "unary-1" ? "one at a time" : series.Measurement.Name[5..] + " % of capacity",
                PercentilesOf(series.Latency)))
            .ToList();
        return lines.Count == 0 ? null
            : new LineChart("Latency of a command", "percentile", "ms", lines)
            {
                IsXLogarithmic = true,
                IsYLogarithmic = true,
                XTicks = [(1, "0"), (10, "90"), (100, "99"), (1_000, "99.9")],
            };
    }

    private static List<(double, double)> PercentilesOf(LatencyHistogram latency)
    {
        const int Steps = 60;
        // As far as ten calls are slower.
        var most = Math.Clamp(latency.Count / 10.0, 2, 1_000);
        return [.. Enumerable.Range(0, Steps + 1).Select(step =>
        {
            var inverse = Math.Pow(most, (double)step / Steps);
            return (inverse, Math.Max(0.01, latency.Quantile(1 - (1 / inverse)).TotalMilliseconds));
        })];
    }

    private static LineChart? Throughput(RunReport report)
    {
        Line[] lines = [ByInFlight(report, "commands", "unary-"), ByInFlight(report, "empty gRPC calls", "empty-call-")];
        lines = [.. lines.Where(line => line.Points.Count > 0)];
        return lines.Length == 0 ? null
            : new LineChart("Calls answered, by calls in flight", "calls in flight", "calls/s", lines)
            {
                IsXLogarithmic = true,
                XTicks = [.. InFlight.Select(number => ((double)number, Figures.Tick(number)))],
            };
    }

    private static Line ByInFlight(RunReport report, string name, string prefix) => new(
        name,
        [.. InFlight.Select(number => (Number: number, Series: report.Of(FormattableString.Invariant($"{prefix}{number}"))))
            .Where(point => point.Series is not null)
            .Select(point => ((double)point.Number, point.Series!.Median))]);

    private static LineChart? Growth(RunReport report)
    {
        var sizes = Workloads.BankSize.Steps(report.Options);
        var series = report.Series
            .Where(one => one.Measurement.Name.StartsWith("execute-", StringComparison.Ordinal) && one.Samples.Count > 0)
            .ToList();
        return series.Count < 2 ? null
            : new LineChart("CPU of the bank for one command, by the size of the bank", "records in the log", "µs",
                [new Line("Execute", [.. series.Zip(sizes, (one, size) =>
                    ((double)size.Records, Bar.CpuSecondsPerCommand(one) * 1e6))])])
            {
                IsXLogarithmic = true,
            };
    }

    private static LineChart? SoakMemory(RunReport report) => report.Minutes.Count == 0 ? null
        : new LineChart("Resident memory over a soak", "minute", "MiB",
            [.. Memories.Kinds.Select(kind => new Line(kind, [.. report.Minutes.Select(minute =>
                ((double)minute.Minute, Memories.ResidentMiB(minute.Memory, kind)))]))]);

    private static LineChart? SoakLatency(RunReport report) => report.Minutes.Count == 0 ? null
        : new LineChart("Latency over a soak", "minute", "ms",
            [.. Latencies.Quantiles.Take(4).Select(quantile => new Line(quantile.Name, [.. report.Minutes.Select(minute =>
                ((double)minute.Minute, minute.Latency.Quantile(quantile.Part).TotalMilliseconds))]))])
        {
            IsYLogarithmic = true,
        };
}
