using System.Globalization;

namespace BankAccounts.Tests.Logs;

/// <summary>
/// Another place on earth, for as long as it is not disposed: numbers are written in other ways, and
/// the clock stands otherwise. The culture is made up, so that it is there without culture data.
/// </summary>
internal sealed class Elsewhere : IDisposable
{
    private readonly CultureInfo culture = CultureInfo.CurrentCulture;
    private readonly string? timeZone = Environment.GetEnvironmentVariable("TZ");

    public Elsewhere(string negativeSign, string groupSeparator, string zone)
    {
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NegativeSign = negativeSign;
        other.NumberFormat.PositiveSign = "plus";
        other.NumberFormat.NumberGroupSeparator = groupSeparator;
        other.NumberFormat.NumberDecimalSeparator = "_";
        other.NumberFormat.NumberGroupSizes = [2];
        other.DateTimeFormat.DateSeparator = "!";
        CultureInfo.CurrentCulture = other;
        SetTimeZone(zone);
        Assert.Equal($"{negativeSign}1", (-1).ToString(CultureInfo.CurrentCulture));
    }

    public void Dispose()
    {
        CultureInfo.CurrentCulture = culture;
        SetTimeZone(timeZone);
    }

    private static void SetTimeZone(string? zone)
    {
        Environment.SetEnvironmentVariable("TZ", zone);
        TimeZoneInfo.ClearCachedData();
    }
}
