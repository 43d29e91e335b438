using System.Globalization;

namespace BankAccounts.Bench.Report;

/// <summary>Numbers as people read them: three digits that count, thousands apart.</summary>
public static class Figures
{
    public static string Text(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>For the ticks of an axis: 20 k, 1 M, 0.5.</summary>
    public static string Tick(double value) => Math.Abs(value) switch
    {
        >= 1_000_000 => (value / 1_000_000).ToString("0.##", CultureInfo.InvariantCulture) + " M",
        >= 1_000 => (value / 1_000).ToString("0.##", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
