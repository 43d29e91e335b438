using Aspire.Dashboard.Otlp;
using Google.Protobuf.Collections;

namespace Aspire.Dashboard.Metrics;

/// <summary>
/// Makes one number out of the measurements of one metric. Sums and histograms are taken to count from the beginning
/// of their process on, as exporters do unless they are told otherwise.
/// </summary>
internal abstract class Measure
{
    /// <summary>Series of one metric that are kept, over all processes; further ones do not count.</summary>
    internal const int MaxSeries = 10_000;

    internal static Measure Of(PlotLine line)
        => line.Show switch
        {
            LineKind.Rate => new RateMeasure(),
            LineKind.Sum => new GaugeMeasure(Enumerable.Sum),
            LineKind.Max => new GaugeMeasure(Enumerable.Max),
            LineKind.P50 => new QuantileMeasure(0.5),
            LineKind.P99 => new QuantileMeasure(0.99),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <param name="instance">The process.</param>
    /// <param name="metric">What it exported.</param>
    /// <param name="where">Attributes that a point must have.</param>
    /// <param name="now">When it came.</param>
    internal abstract void Take(
        string instance, Metric metric, IReadOnlyDictionary<string, string> where, long now);

    /// <summary>The number now; null if there is nothing to make it of.</summary>
    internal abstract double? Value(long now, TimeProvider time);

    protected static bool Has(RepeatedField<KeyValue> attributes, IReadOnlyDictionary<string, string> where)
        => where.All(one => Attributes.Text(attributes, one.Key) == one.Value);

    /// <summary>What tells a series from the others of its metric.</summary>
    protected static string SeriesOf(string instance, RepeatedField<KeyValue> attributes)
        => string.Join('\n', attributes.Where(one => one.Value is not null)
            .Select(one => $"{one.Key}={Attributes.Text(one.Value)}").Order(StringComparer.Ordinal).Prepend(instance));

    protected static IEnumerable<NumberPoint> Numbers(Metric metric)
        => (metric.Gauge ?? metric.Sum)?.Points ?? Enumerable.Empty<NumberPoint>();
}

/// <summary>Of gauges: the latest of each process.</summary>
internal sealed class GaugeMeasure(Func<IEnumerable<double>, double> combine) : Measure
{
    /// <summary>After so long without an export a process is taken for gone.</summary>
    internal static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, (long When, double[] Values)> _latest = [];

    internal override void Take(
        string instance, Metric metric, IReadOnlyDictionary<string, string> where, long now)
    {
        // All of it is replaced: what a process does not export any more, another one may.
        if (_latest.Count < MaxSeries || _latest.ContainsKey(instance))
        {
            _latest[instance] = (now, [.. Numbers(metric).Where(point => Has(point.Attributes, where))
                .Take(MaxSeries).Select(point => point.AsInt + point.AsDouble)]);
        }
    }

    internal override double? Value(long now, TimeProvider time)
    {
        foreach (var (instance, latest) in _latest)
        {
            if (time.GetElapsedTime(latest.When, now) > Stale)
            {
                _latest.Remove(instance);
            }
        }
        var values = _latest.Values.SelectMany(latest => latest.Values).ToArray();
        return values.Length == 0 ? null : combine(values);
    }
}

/// <summary>Of sums: what came to them lately, per second.</summary>
internal sealed class RateMeasure : Measure
{
    private readonly Dictionary<string, double> _totals = [];
    private readonly RecentSum _recent = new();
    private bool _hasAny;

    internal override void Take(
        string instance, Metric metric, IReadOnlyDictionary<string, string> where, long now)
    {
        _hasAny = true;
        double increment = 0;
        foreach (var point in Numbers(metric).Where(point => Has(point.Attributes, where)))
        {
            var series = SeriesOf(instance, point.Attributes);
            var total = point.AsInt + point.AsDouble;
            // A process that began anew begins to count anew.
            var before = _totals.GetValueOrDefault(series);
            if (_totals.Count < MaxSeries || _totals.ContainsKey(series))
            {
                increment += total >= before ? total - before : total;
                _totals[series] = total;
            }
        }
        _recent.Add([increment], now);
    }

    internal override double? Value(long now, TimeProvider time)
        => _hasAny ? _recent.Sum(now, time).FirstOrDefault() / RecentSum.Window.TotalSeconds : null;
}

/// <summary>Of histograms: below what a part of the latest values was, as exactly as the buckets tell.</summary>
internal sealed class QuantileMeasure(double part) : Measure
{
    private readonly Dictionary<string, double[]> _totals = [];
    private readonly RecentSum _recent = new();
    private double[] _bounds = [];

    internal override void Take(
        string instance, Metric metric, IReadOnlyDictionary<string, string> where, long now)
    {
        foreach (var point in (metric.Histogram?.Points ?? []).Where(point => Has(point.Attributes, where)))
        {
            var series = SeriesOf(instance, point.Attributes);
            if ((_totals.Count == MaxSeries && !_totals.ContainsKey(series))
                || point.BucketCounts.Count != point.ExplicitBounds.Count + 1)
            {
                continue;
            }
            _bounds = [.. point.ExplicitBounds];
            var counts = point.BucketCounts.Select(count => (double)count).ToArray();
            var before = _totals.GetValueOrDefault(series) is { } known && known.Length == counts.Length
                && known.Zip(counts).All(pair => pair.First <= pair.Second) ? known : new double[counts.Length];
            _totals[series] = counts;
            _recent.Add([.. counts.Zip(before, (count, old) => count - old)], now);
        }
    }

    internal override double? Value(long now, TimeProvider time)
        => Quantile(_recent.Sum(now, time), _bounds, part);

    /// <summary>Inside a bucket values are taken to lie evenly; above the last bound it is that bound.</summary>
    internal static double? Quantile(IReadOnlyList<double> counts, IReadOnlyList<double> bounds, double part)
    {
        var wanted = counts.Sum() * part;
        if (wanted <= 0)
        {
            return null;
        }
        for (var bucket = 0; bucket < Math.Min(bounds.Count, counts.Count); bucket++)
        {
            if (wanted <= counts[bucket])
            {
                var from = bucket == 0 ? 0 : bounds[bucket - 1];
                return from + ((bounds[bucket] - from) * wanted / counts[bucket]);
            }
            wanted -= counts[bucket];
        }
        return bounds.Count == 0 ? null : bounds[^1];
    }
}
