using System.Text;
using BankAccounts.Bench.Checks;
using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Report;

/// <summary>The table at the end of a run.</summary>
internal static class TextReport
{
    public static string Of(
        IEnumerable<Series> all, IEnumerable<Ratio> ratios, CheckResult check, IReadOnlyDictionary<string, long> errors)
    {
        var text = new StringBuilder().AppendLine();
        text.AppendLine($"{"",-42} {"min",10} {"median",10} {"max",10}");
        foreach (var series in all)
        {
            text.AppendLine(
                $"{series.Measurement.Title,-42} {Figures.Text(series.Min),10} {Figures.Text(series.Median),10} "
                + $"{Figures.Text(series.Max),10} {series.Measurement.Unit}");
        }
        text.AppendLine().AppendLine($"{"",-56} {"ratio",7} {"min",7} {"max",7} {"bar",6} {"goal",6}");
        foreach (var ratio in ratios)
        {
            text.AppendLine(
                $"{ratio.Bar.What,-56} {Figures.Text(ratio.Value),7} {Figures.Text(ratio.Min),7} {Figures.Text(ratio.Max),7} "
                + $"{Figures.Text(ratio.Bar.FirstBar),6} {Figures.Text(ratio.Bar.Goal),6}  {ratio.Verdict}");
        }
        text.AppendLine();
        foreach (var (reason, count) in errors)
        {
            text.AppendLine($"not accepted: {count} × {reason}");
        }
        text.AppendLine(check.IsRight
            ? $"The ledger is right: {check.Records} records verified, {check.Accounts} balances and {check.Acknowledged} acknowledged commands found, {check.Unknown} unknown."
            : "THE LEDGER IS WRONG:");
        check.Wrong.Take(20).ToList().ForEach(wrong => text.AppendLine(wrong));
        return text.ToString();
    }
}
