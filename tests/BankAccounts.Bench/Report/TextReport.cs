using System.Text;

namespace BankAccounts.Bench.Report;

/// <summary>The tables at the end of a run, for a terminal.</summary>
internal static class TextReport
{
    public static string Of(RunReport report)
    {
        var text = new StringBuilder().AppendLine()
            .AppendLine(report.Hardware)
            .AppendLine(report.Versions)
            .AppendLine(report.Setting)
            .AppendLine(report.Way)
            .AppendLine();
        AddSeries(text, report);
        AddRatios(text, report);
        AddLatency(text, report);
        AddFacts(text, report);
        AddSoak(text, report);
        AddCheck(text, report);
        return text.ToString();
    }

    private static void AddSeries(StringBuilder text, RunReport report)
    {
        if (report.Series.Count == 0)
        {
            return;
        }
        text.AppendLine($"{"",-58} {"min",10} {"median",10} {"max",10}");
        foreach (var series in report.Series)
        {
            text.AppendLine(
                $"{series.Measurement.Title,-58} {Figures.Text(series.Min),10} {Figures.Text(series.Median),10} "
                + $"{Figures.Text(series.Max),10} {series.Measurement.Unit}");
        }
        text.AppendLine();
    }

    private static void AddRatios(StringBuilder text, RunReport report)
    {
        if (report.Ratios.Count == 0)
        {
            return;
        }
        text.AppendLine($"{"",-58} {"ratio",7} {"min",7} {"max",7} {"bar",6} {"goal",6}");
        foreach (var ratio in report.Ratios)
        {
            text.AppendLine(
                $"{ratio.Bar.What,-58} {Figures.Text(ratio.Value),7} {Figures.Text(ratio.Min),7} "
                + $"{Figures.Text(ratio.Max),7} {Figures.Text(ratio.Bar.FirstBar),6} "
                + $"{Figures.Text(ratio.Bar.Goal),6}  {ratio.Verdict}");
        }
        text.AppendLine();
    }

    private static void AddLatency(StringBuilder text, RunReport report)
    {
        foreach (var name in new[] { "unary-1", Plan.OpenName(50) })
        {
            if (report.Of(name) is { } series)
            {
                text.AppendLine($"{series.Measurement.Title}: {Latencies.Text(series.Latency)}");
                text.AppendJoin('\n', Latencies.Chart(series.Latency)).AppendLine().AppendLine();
            }
        }
    }

    private static void AddFacts(StringBuilder text, RunReport report)
    {
        foreach (var fact in report.Facts)
        {
            text.AppendLine($"{fact.What,-72} {Figures.Text(fact.Value),10} {fact.Unit}");
        }
        text.AppendLine();
    }

    private static void AddSoak(StringBuilder text, RunReport report)
    {
        if (report.Minutes.Count is > 0 and < SoakTrends.FewestMinutes)
        {
            text.AppendLine($"Too short to tell what grows: that takes {SoakTrends.FewestMinutes} minutes.");
        }
        foreach (var trend in SoakTrends.Of(report.Minutes))
        {
            text.AppendLine(trend.ToString());
        }
    }

    private static void AddCheck(StringBuilder text, RunReport report)
    {
        foreach (var (reason, count) in report.Errors)
        {
            text.AppendLine($"Not accepted: {count} × {reason}");
        }
        var check = report.Check;
        text.AppendLine(check.IsRight ? check.ToString() : "THE LEDGER IS WRONG:");
        foreach (var wrong in check.Wrong.Take(20))
        {
            text.AppendLine($"  {wrong}");
        }
        text.Append(FormattableString.Invariant($"Took {report.Took.TotalMinutes:0.0} min."));
    }
}
