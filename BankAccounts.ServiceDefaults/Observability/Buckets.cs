using System.Diagnostics.Metrics;

namespace BankAccounts.ServiceDefaults.Observability;

/// <summary>The bounds of the bank's histograms.</summary>
public static class Buckets
{
    /// <summary>Seconds, from what one commit takes on an idle machine to the longest default deadline.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries =
        [
            0.000_25, 0.000_5, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 4, 8, 16, 30,
        ],
    };

    /// <summary>Records of one batch, up to the most that a batch may be configured to have.</summary>
    public static InstrumentAdvice<int> Records { get; } = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000],
    };
}
