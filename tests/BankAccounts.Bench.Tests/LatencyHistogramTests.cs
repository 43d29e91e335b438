using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_of_a_known_set_are_right_to_a_sixtyfourth()
    {
        var histogram = new LatencyHistogram();
        foreach (var millisecond in Enumerable.Range(1, 1_000))
        {
            histogram.Record(TimeSpan.FromMilliseconds(millisecond));
        }
        Assert.Equal(1_000, histogram.Count);
        foreach (var (part, expected) in new[] { (0.001, 1.0), (0.5, 500), (0.9, 900), (0.99, 990), (0.999, 999), (1, 1_000) })
        {
            Assert.InRange(histogram.Quantile(part).TotalMilliseconds, expected, expected * 65 / 64);
        }
    }

    [Fact]
    public void Small_latencies_are_exact()
    {
        var histogram = new LatencyHistogram();
        foreach (var microsecond in new[] { 1, 2, 3, 4, 100 })
        {
            histogram.Record(TimeSpan.FromMicroseconds(microsecond));
        }
        Assert.Equal(TimeSpan.FromMicroseconds(3), histogram.Quantile(0.5));
        Assert.Equal(TimeSpan.FromMicroseconds(100), histogram.Max);
    }

    [Fact]
    public void No_latency_is_lost_however_small_or_large()
    {
        TimeSpan[] all = [TimeSpan.Zero, TimeSpan.FromTicks(-1), TimeSpan.FromMicroseconds(1), TimeSpan.FromDays(365)];
        var histogram = new LatencyHistogram();
        Array.ForEach(all, histogram.Record);
        Assert.Equal(all.Length, histogram.Filled.Sum(bucket => bucket.Count));
        Assert.Equal(TimeSpan.FromMicroseconds(1), histogram.Quantile(0.5));
    }

    [Fact]
    public void Every_latency_is_in_a_bucket_that_is_not_below_it_and_hardly_above()
    {
        for (var microseconds = 1L; microseconds < 10_000_000_000; microseconds = (microseconds * 9 / 8) + 1)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(TimeSpan.FromMicroseconds(microseconds));
            Assert.InRange((long)histogram.Max.TotalMicroseconds, microseconds, microseconds * 65 / 64);
        }
    }

    [Fact]
    public void Histograms_add_up()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        one.Record(TimeSpan.FromMilliseconds(1));
        other.Record(TimeSpan.FromMilliseconds(9));
        one.Add(other);
        Assert.Equal(2, one.Count);
        Assert.InRange(one.Max.TotalMilliseconds, 9, 9.2);
    }
}
