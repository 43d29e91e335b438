namespace BankAccounts.Bench.Measuring;

/// <summary>Whether something grows: a straight line through the later half of its values (least squares).</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="PerStep">By how much the line rises from one value to the next.</param>
/// <param name="Steps">How many steps it has.</param>
public sealed record Trend(double Mean, double PerStep, int Steps)
{
    /// <summary>By which part of the mean the line rises over all steps.</summary>
    public double Growth => Mean == 0 ? 0 : PerStep * Steps / Mean;

    /// <summary>Of the later half, for the earlier one belongs to caches that fill and code that is compiled.</summary>
    public static Trend Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var later = values.Skip(values.Count / 2).ToArray();
        if (later.Length == 0)
        {
            return new Trend(0, 0, 0);
        }
        var mean = later.Average();
        var middle = (later.Length - 1) / 2.0;
        var spread = later.Select((_, step) => (step - middle) * (step - middle)).Sum();
        var slope = spread == 0 ? 0 : later.Select((value, step) => (step - middle) * (value - mean)).Sum() / spread;
        return new Trend(mean, slope, later.Length - 1);
    }

    /// <summary>Whether it grows by less than a part of its mean.</summary>
    public bool IsFlat(double part) => Growth < part;
}
