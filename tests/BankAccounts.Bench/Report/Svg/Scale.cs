namespace BankAccounts.Bench.Report.Svg;

/// <summary>An axis: from values to places between 0 and 1, and where its ticks are.</summary>
public sealed record Scale(double Least, double Most, bool IsLogarithmic)
{
    /// <summary>The axis that holds all values; a linear one begins at 0.</summary>
    public static Scale Around(IEnumerable<double> values, bool isLogarithmic)
    {
        var all = values.ToList();
        var most = all.Count == 0 ? 1 : all.Max();
        var least = all.Count == 0 ? 0.1 : all.Min();
        return isLogarithmic
            ? new Scale(Math.Pow(10, Math.Floor(Math.Log10(least))), Math.Pow(10, Math.Ceiling(Math.Log10(most))), true)
                .NotEmpty()
            : new Scale(0, RoundUp(most), false);
    }

    /// <summary>Where a value is: 0 at the beginning of the axis, 1 at its end.</summary>
    public double PlaceOf(double value) => IsLogarithmic
        ? Math.Log(value / Least) / Math.Log(Most / Least)
        : (value - Least) / (Most - Least);

    /// <summary>The values that are marked: powers of ten, or five steps.</summary>
    public IEnumerable<double> Ticks()
    {
        if (IsLogarithmic)
        {
            for (var tick = Least; tick <= Most * 1.001; tick *= 10)
            {
                yield return tick;
            }
            yield break;
        }
        for (var step = 0; step <= 5; step++)
        {
            yield return Least + ((Most - Least) * step / 5);
        }
    }

    private Scale NotEmpty() => Least < Most ? this : this with { Most = Least * 10 };

    /// <summary>The next number of one digit that counts, or 1.5 or 2.5 times a power of ten.</summary>
    private static double RoundUp(double value)
    {
        if (value <= 0)
        {
            return 1;
        }
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double[] steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
        return power * steps.First(step => step * power >= value * 0.9999);
    }
}
