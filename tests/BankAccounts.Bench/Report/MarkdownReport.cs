using System.Text;

namespace BankAccounts.Bench.Report;

/// <summary>The tables of a run for <c>docs/PERFORMANCE.md</c>.</summary>
public static class MarkdownReport
{
    public static string Of(RunReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.AppendLine("<!-- Written by ./bank bench --document; do not edit. -->").AppendLine();
        text.AppendLine(FormattableString.Invariant(
            $"`./bank bench {report.Scope}`, {report.Begun:yyyy-MM-dd}, {report.Took.TotalMinutes:0} min, on {report.Hardware}; {report.Versions}. {report.Setting} {report.Way}"));
        if (report.Ratios.Count > 0)
        {
            text.AppendLine().AppendLine("| ratio | measured | rounds | first bar | goal | |");
            text.AppendLine("|---|---|---|---|---|---|");
            foreach (var ratio in report.Ratios)
            {
                text.AppendLine(
                    $"| {ratio.Bar.What} | {Figures.Text(ratio.Value)} × | {Figures.Text(ratio.Min)} … {Figures.Text(ratio.Max)} "
                    + $"| {Figures.Text(ratio.Bar.FirstBar)} × | {Figures.Text(ratio.Bar.Goal)} × | {ratio.Verdict} |");
            }
        }
        if (report.Series.Count > 0)
        {
            text.AppendLine().AppendLine("| name | what | min | median | max | unit | p50 / p99 ms |");
            text.AppendLine("|---|---|---|---|---|---|---|");
            foreach (var series in report.Series)
            {
                var latency = series.Latency;
                var times = latency.Count == 0 ? string.Empty
                    : $"{Figures.Text(latency.Quantile(0.5).TotalMilliseconds)} / {Figures.Text(latency.Quantile(0.99).TotalMilliseconds)}";
                text.AppendLine(
                    $"| `{series.Measurement.Name}` | {series.Measurement.Title} | {Figures.Text(series.Min)} "
                    + $"| {Figures.Text(series.Median)} | {Figures.Text(series.Max)} | {series.Measurement.Unit} | {times} |");
            }
        }
        AddTable(text, "| memory | | |", [.. report.Facts.Select(fact =>
            $"| {fact.What} | {Figures.Text(fact.Value)} | {fact.Unit} |")]);
        AddTable(text, "| over the later half of the soak | mean | change |", [.. SoakTrends.Of(report.Minutes).Select(trend =>
            FormattableString.Invariant(
                $"| {trend.What} | {Figures.Text(trend.Trend.Mean)} {trend.Unit} | {trend.Trend.Growth * 100:+0.0;-0.0} %, {(trend.IsFlat ? "flat" : "grows")} |"))]);
        text.AppendLine().AppendLine(report.Check.IsRight ? report.Check.ToString() : "The ledger was wrong.");
        foreach (var (file, chart) in Plots.Of(report))
        {
            text.AppendLine().AppendLine($"![{chart.Title}](performance/{file})");
        }
        return text.ToString();
    }

    private static void AddTable(StringBuilder text, string head, List<string> rows)
    {
        if (rows.Count > 0)
        {
            text.AppendLine().AppendLine(head).AppendLine("|---|---|---|").AppendJoin('\n', rows).AppendLine();
        }
    }
}
