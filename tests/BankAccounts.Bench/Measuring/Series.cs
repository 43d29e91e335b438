namespace BankAccounts.Bench.Measuring;

/// <summary>All repetitions of one measurement.</summary>
public sealed class Series(Measurement measurement)
{
    private readonly List<Sample> samples = [];

    public Measurement Measurement => measurement;

    public IReadOnlyList<Sample> Samples => samples;

    public double Min => samples.Min(sample => sample.Value);

    public double Max => samples.Max(sample => sample.Value);

    /// <summary>The middle one; of an even number, the mean of the two in the middle.</summary>
    public double Median => MedianOf([.. samples.Select(sample => sample.Value)]);

    /// <summary>The latencies of all repetitions.</summary>
    public LatencyHistogram Latency
    {
        get
        {
            var all = new LatencyHistogram();
            foreach (var sample in samples)
            {
                if (sample.Latency is { } latency)
                {
                    all.Add(latency);
                }
            }
            return all;
        }
    }

    public void Add(Sample sample) => samples.Add(sample);

    internal static double MedianOf(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
