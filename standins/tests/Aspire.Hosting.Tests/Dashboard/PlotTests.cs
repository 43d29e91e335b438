using System.Text.Json;
using Aspire.Dashboard;
using Aspire.Dashboard.Metrics;
using Aspire.Dashboard.Otlp;

namespace Aspire.Hosting.Tests.Dashboard;

public sealed class PlotTests
{
    private readonly Clock _time = new();

    [Fact]
    public void A_rate_is_what_came_to_all_processes_within_the_window_and_a_new_process_begins_at_0()
    {
        var plots = Store("rate");
        Take(plots, "a", Sum(("", 100)));
        Take(plots, "b", Sum(("", 50)));
        Assert.Equal(30, Latest(plots));

        _time.Advance(RecentSum.Window);
        Take(plots, "a", Sum(("", 110)));
        // It began anew, and has counted 5 since.
        Take(plots, "b", Sum(("", 5)));
        Assert.Equal(3, Latest(plots));

        _time.Advance(RecentSum.Window);
        Assert.Equal(0, Latest(plots));
    }

    [Fact]
    public void Only_what_has_the_attributes_counts()
    {
        var plots = Store("rate", ("outcome", "refused"));
        Take(plots, "a", Sum(("refused", 10), ("accepted", 90)));
        Assert.Equal(2, Latest(plots));
    }

    [Fact]
    public void A_gauge_is_the_latest_of_each_process_and_is_gone_with_it()
    {
        var (sum, max) = (Store("sum"), Store("max"));
        foreach (var plots in new[] { sum, max })
        {
            Assert.Null(Latest(plots));
            Take(plots, "a", Gauge(("1", 3), ("2", 4)));
            Take(plots, "b", Gauge(("3", 5)));
        }
        Assert.Equal((12d, 5d), (Latest(sum), Latest(max)));

        // Partition 2 went from a to b.
        Take(sum, "a", Gauge(("1", 3)));
        Take(sum, "b", Gauge(("2", 4), ("3", 5)));
        Assert.Equal(12, Latest(sum));

        _time.Advance(GaugeMeasure.Stale - TimeSpan.FromSeconds(1));
        Take(sum, "b", Gauge(("3", 6)));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(6, Latest(sum));
    }

    [Fact]
    public void A_quantile_is_of_the_values_within_the_window_and_not_of_all()
    {
        var (half, most) = (Store("p50"), Store("p99"));
        Take(half, "a", Histogram(0, 0, 100, 0));
        Assert.Equal(3, Latest(half));

        _time.Advance(RecentSum.Window);
        Assert.Null(Latest(half));
        Take(half, "a", Histogram(10, 0, 100, 0));
        Take(half, "b", Histogram(10, 0, 0, 0));
        Assert.Equal(0.5, Latest(half));

        Take(most, "a", Histogram(50, 0, 0, 50));
        Assert.Equal(4, Latest(most));
    }

    [Fact]
    public void A_line_keeps_so_many_points_and_no_more()
    {
        var plots = Store("sum");
        for (var i = 0; i < PlotStore.MaxPoints + 10; i++)
        {
            Take(plots, "a", Gauge(("1", i)));
            plots.Sample();
        }
        var points = plots.View().Single().Lines.Single().Points;
        Assert.Equal((PlotStore.MaxPoints, 10d), (points.Count, points[0]));
    }

    [Theory]
    [InlineData("""{"plots": [{"title": "t", "lines": []}]}""")]
    [InlineData("""{"plots": [{"title": "t", "lines": [{"label": "l", "metric": "m", "show": "average"}]}]}""")]
    [InlineData("""{"plots": [{"titel": "t"}]}""")]
    [InlineData("""{"spanLabels": ["1", "2", "3", "4", "5", "6", "7", "8", "9"]}""")]
    [InlineData("[")]
    public void A_file_that_says_something_else_is_refused(string json)
        => Assert.ThrowsAny<JsonException>(() => DashboardFile.Read(json));

    private static void Take(PlotStore plots, string instance, Metric metric)
        => plots.Take(instance, [new Metric { Name = "other" }, metric]);

    private static double? Latest(PlotStore plots)
    {
        plots.Sample();
        return plots.View().Single().Lines.Single().Points[^1];
    }

    private static Metric Sum(params (string Attribute, long Value)[] points) => new() { Name = "m", Sum = Numbers("outcome", points) };

    private static Metric Gauge(params (string Attribute, long Value)[] points) => new() { Name = "m", Gauge = Numbers("partition", points) };

    private static Numbers Numbers(string name, (string Attribute, long Value)[] points) => new()
    {
        Points =
        {
            points.Select(point => new NumberPoint
            {
                AsInt = point.Value,
                Attributes = { new KeyValue { Key = name, Value = new AnyValue { StringValue = point.Attribute } } },
            }),
        },
    };

    /// <summary>Values up to 1, 2, 4 and above.</summary>
    private static Metric Histogram(params ulong[] counts) => new()
    {
        Name = "m",
        Histogram = new Histogram { Points = { new HistogramPoint { BucketCounts = { counts }, ExplicitBounds = { 1, 2, 4 } } } },
    };

    private PlotStore Store(string show, params (string Key, string Value)[] where)
    {
        var file = JsonSerializer.Serialize(new
        {
            plots = new[]
            {
                new
                {
                    title = "t",
                    lines = new[] { new { label = "l", metric = "m", show, where = where.ToDictionary(one => one.Key, one => one.Value) } },
                },
            },
        });
        return new PlotStore(DashboardFile.Read(file).Plots, _time);
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        internal void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
