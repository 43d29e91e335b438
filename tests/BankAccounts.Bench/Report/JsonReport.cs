using System.Text.Json;

namespace BankAccounts.Bench.Report;

/// <summary>A run as JSON, for programs: every sample, so that nothing has to be measured again to be counted anew.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(RunReport report) => JsonSerializer.Serialize(
        new
        {
            report.Begun,
            TookSeconds = report.Took.TotalSeconds,
            Run = report.Scope,
            report.Options,
            report.Machine,
            ThroughProxy = report.Options.ThroughProxy,
            Series = report.Series.Select(series => new
            {
                series.Measurement.Name,
                series.Measurement.Title,
                series.Measurement.Unit,
                series.Min,
                series.Median,
                series.Max,
                Samples = series.Samples.Select(sample => new
                {
                    sample.Value,
                    sample.Count,
                    CpuSeconds = sample.Cpu?.SecondsByKind,
                    GeneratorShare = sample.Cpu?.GeneratorShare,
                    LatencyMs = sample.Latency is { } latency ? Quantiles(latency) : null,
                }),
                LatencyBuckets = series.Latency.Filled.Select(bucket => new
                {
                    UpToMs = bucket.UpTo.TotalMilliseconds,
                    bucket.Count,
                }),
            }),
            Ratios = report.Ratios.Select(ratio => new
            {
                ratio.Bar.What,
                ratio.Workload,
                ratio.Bar.Yardsticks,
                ratio.Value,
                ratio.Min,
                ratio.Max,
                ratio.Bar.FirstBar,
                ratio.Bar.Goal,
                ratio.Verdict,
            }),
            report.Facts,
            Minutes = report.Minutes.Select(minute => new
            {
                minute.Minute,
                minute.PerSecond,
                minute.Commands,
                LatencyMs = Quantiles(minute.Latency),
                minute.Memory.ResidentByKind,
                minute.Memory.RedisBytes,
            }),
            Trends = SoakTrends.Of(report.Minutes).Select(trend => new
            {
                trend.What,
                trend.Trend.Mean,
                trend.Trend.Growth,
                trend.Unit,
                trend.IsFlat,
            }),
            report.Errors,
            report.Check,
        },
        Format);

    private static Dictionary<string, double> Quantiles(Measuring.LatencyHistogram latency) =>
        Latencies.Quantiles.ToDictionary(
            quantile => quantile.Name, quantile => latency.Quantile(quantile.Part).TotalMilliseconds);
}
