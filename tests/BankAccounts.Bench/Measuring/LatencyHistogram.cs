using System.Numerics;

namespace BankAccounts.Bench.Measuring;

/// <summary>
/// Counts latencies from 1 µs to some hours in buckets of which each is at most 1/64 (1.6 %) wide: every power of two
/// has 64 of them. One writer at a time; histograms of several writers are added up.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int MaxBits = 34;
    private const int Buckets = (MaxBits - SubBucketBits + 1) * SubBuckets;

    private readonly long[] counts = new long[Buckets];

    /// <summary>How many latencies were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The largest one, to its bucket; 0 if there is none.</summary>
    public TimeSpan Max => Quantile(1);

    /// <summary>The buckets that are not empty: the upper bound of each, and how many it has.</summary>
    public IEnumerable<(TimeSpan UpTo, long Count)> Filled =>
        counts.Select((count, index) => (UpperBound(index), count)).Where(bucket => bucket.count > 0);

    /// <summary>Records one latency. Less than a microsecond counts as one.</summary>
    public void Record(TimeSpan latency)
    {
        counts[IndexOf((long)latency.TotalMicroseconds)]++;
        Count++;
    }

    /// <summary>Adds what another one recorded.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < Buckets; i++)
        {
            counts[i] += other.counts[i];
        }
        Count += other.Count;
    }

    /// <summary>The latency that so great a part (0 … 1) did not exceed: the upper bound of its bucket.</summary>
    public TimeSpan Quantile(double part)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, 1);
        var rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        long seen = 0;
        for (var i = 0; i < Buckets; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                return UpperBound(i);
            }
        }
        return TimeSpan.Zero;
    }

    private static int IndexOf(long microseconds)
    {
        var value = (ulong)Math.Clamp(microseconds, 1, (1L << MaxBits) - 1);
        var shift = Math.Max(0, BitOperations.Log2(value) - SubBucketBits);
        return (shift << SubBucketBits) + (int)(value >> shift);
    }

    private static TimeSpan UpperBound(int index)
    {
        var shift = Math.Max(0, (index >> SubBucketBits) - 1);
        var value = (long)(index - (shift << SubBucketBits));
        return TimeSpan.FromMicroseconds(((value + 1) << shift) - 1);
    }
}
