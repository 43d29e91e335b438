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
}
