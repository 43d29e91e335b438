using Aspire.Dashboard.Otlp;

namespace Aspire.Dashboard.Metrics;

/// <summary>What the plots need of the measurements, and the points that were drawn of them.</summary>
internal sealed class PlotStore
{
    /// <summary>Five minutes, a point a second.</summary>
    internal const int MaxPoints = 300;

    private readonly Lock _lock = new();
    private readonly (Plot Plot, Line[] Lines)[] _plots;
    private readonly TimeProvider _time;

    internal PlotStore(IReadOnlyList<Plot> plots, TimeProvider time)
    {
        _time = time;
        _plots =
        [
            .. plots.Select(plot => (plot, plot.Lines.Select(line => new Line(Measure.Of(line), line)).ToArray())),
        ];
    }

    /// <summary>Takes what one process exported.</summary>
    internal void Take(string instance, IReadOnlyList<Metric> metrics)
    {
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            foreach (var line in _plots.SelectMany(plot => plot.Lines))
            {
                foreach (var metric in metrics.Where(metric => metric.Name == line.Description.Metric))
                {
                    line.Measure.Take(instance, metric, line.Description.Where, now);
                }
            }
        }
    }

    /// <summary>Draws the next point of every line.</summary>
    internal void Sample()
    {
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            foreach (var line in _plots.SelectMany(plot => plot.Lines))
            {
                if (line.Points.Count == MaxPoints)
                {
                    line.Points.Dequeue();
                }
                var value = line.Measure.Value(now, _time) * line.Description.Factor;
                line.Points.Enqueue(value is { } known ? Math.Round(known, 3) : null);
            }
        }
    }

    internal IReadOnlyList<PlotView> View()
    {
        lock (_lock)
        {
            return
            [
                .. _plots.Select(plot => new PlotView(
                    plot.Plot.Title, plot.Plot.Unit, MaxPoints,
                    [.. plot.Lines.Select(line => new LineView(line.Description.Label, [.. line.Points]))])),
            ];
        }
    }

    private sealed record Line(Measure Measure, PlotLine Description)
    {
        internal Queue<double?> Points { get; } = new(MaxPoints);
    }
}

/// <summary>A plot with its points, the latest last; null where there was nothing to show.</summary>
internal sealed record PlotView(string Title, string Unit, int MaxPoints, IReadOnlyList<LineView> Lines);

/// <summary>One line of it.</summary>
internal sealed record LineView(string Label, IReadOnlyList<double?> Points);
