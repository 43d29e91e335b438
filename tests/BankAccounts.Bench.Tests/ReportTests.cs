using System.Text.Json;
using System.Xml.Linq;
using BankAccounts.Bench.Checks;
using BankAccounts.Bench.Processes;
using BankAccounts.Bench.Report;
using BankAccounts.Bench.Report.Svg;

namespace BankAccounts.Bench.Tests;

public sealed class ReportTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_chart_is_well_formed_and_has_every_point_within_its_frame()
    {
        var chart = new LineChart("a < b", "x", "y",
            [new Line("one & only", [(1, 0.5), (1_000, 20)]), new Line("other", [(10, 3), (100, 4)])])
        {
            IsXLogarithmic = true,
            XTicks = [(100, "within"), (10_000, "beyond")],
        };
        var svg = XDocument.Parse(chart.ToSvg());
        var lines = svg.Descendants(Svg + "polyline").Select(line => line.Attribute("points")!.Value).ToList();
        // The frame goes from 80 to 520 and from 48 to 344; the first line from its left end to its right end.
        Assert.Equal(["80,336.6 520,48", "226.7,299.6 373.3,284.8"], lines);
        Assert.Contains(svg.Descendants(Svg + "text"), text => text.Value == "one & only");
        Assert.Contains(svg.Descendants(Svg + "text"), text => text.Value == "a < b");
        Assert.Contains(svg.Descendants(Svg + "text"), text => text.Value == "within");
        Assert.DoesNotContain(svg.Descendants(Svg + "text"), text => text.Value == "beyond");
    }

    [Theory]
    [InlineData(17, 20)]
    [InlineData(0.011, 0.015)]
    [InlineData(1_000, 1_000)]
    [InlineData(0, 1)]
    public void A_linear_axis_begins_at_0_and_ends_at_a_round_number(double most, double end)
    {
        var scale = Scale.Around([0, most], isLogarithmic: false);
        Assert.Equal((0, end), (scale.Least, Math.Round(scale.Most, 9)));
        Assert.Equal(6, scale.Ticks().Count());
    }

    [Fact]
    public void A_logarithmic_axis_goes_from_a_power_of_ten_to_another()
    {
        var scale = Scale.Around([0.3, 42], isLogarithmic: true);
        Assert.Equal([0.1, 1, 10, 100], scale.Ticks().Select(tick => Math.Round(tick, 9)));
        Assert.Equal(0.5, scale.PlaceOf(Math.Sqrt(10)), precision: 9);
        Assert.True(Scale.Around([10], isLogarithmic: true) is { Most: > 10 });
    }

    [Fact]
    public void Only_the_part_between_its_two_comments_is_written_anew()
    {
        const string Document = "above\n<!-- begin bench -->\nold\n<!-- end bench -->\nbelow\n";
        var renewed = DocumentSection.Replace(Document, "bench", "\nnew\n\n");
        Assert.Equal("above\n<!-- begin bench -->\nnew\n<!-- end bench -->\nbelow\n", renewed);
        Assert.Throws<BenchException>(() => DocumentSection.Replace(Document, "soak", "new"));
    }

    [Fact]
    public void Every_report_tells_every_figure()
    {
        var report = Report(new CheckResult(1, 2, 3, 0, []));
        var (text, markdown) = (TextReport.Of(report), MarkdownReport.Of(report));
        foreach (var part in new[] { "some processor", "the title of execute", "4,567", "0.46", "bytes of something", "flat" })
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
            Assert.Contains(part, markdown, StringComparison.Ordinal);
        }
        using var json = JsonDocument.Parse(JsonReport.Of(report));
        Assert.Equal(4_567, json.RootElement.GetProperty("series")[0].GetProperty("median").GetDouble());
        Assert.Equal(0.4567, json.RootElement.GetProperty("ratios")[0].GetProperty("value").GetDouble(), precision: 9);
        Assert.Equal(SoakTrends.FewestMinutes, json.RootElement.GetProperty("minutes").GetArrayLength());
        Assert.Equal(["soak-memory.svg", "soak-latency.svg"], Plots.Of(report).Select(plot => plot.File));
    }

    [Fact]
    public void A_soak_that_is_too_short_says_so_instead_of_being_flat()
    {
        var text = TextReport.Of(Report(new CheckResult(1, 2, 3, 0, []), SoakTrends.FewestMinutes - 1));
        Assert.Contains("Too short to tell", text, StringComparison.Ordinal);
        Assert.DoesNotContain("flat", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_ledger_is_not_to_be_overlooked()
    {
        var report = Report(new CheckResult(1, 2, 3, 0, ["account 7 holds 8"]));
        Assert.Contains("THE LEDGER IS WRONG:\n  account 7 holds 8", TextReport.Of(report), StringComparison.Ordinal);
        Assert.Contains("The ledger was wrong.", MarkdownReport.Of(report), StringComparison.Ordinal);
    }

    private static RunReport Report(CheckResult check, int minutes = SoakTrends.FewestMinutes) => new(
        DateTimeOffset.UnixEpoch,
        TimeSpan.FromMinutes(2),
        new BenchOptions(),
        new Machine("some processor", 2, 8, "6.1", new Dictionary<string, string> { ["Kafka"] = "0.9.0.1" }),
        [Some.Series("execute", 4_000, 4_567, 5_000), Some.Series("raw-produce", 10_000, 10_000, 10_000)],
        [new Fact("bytes of something", 12, "bytes")],
        [.. Enumerable.Range(1, minutes).Select(minute => new SoakMinute(
            minute, 100, Some.Series("any", 1).Latency,
            new MemoryUse(new Dictionary<string, long> { ["redis"] = 1_000_000 }, minute * 1_000), minute * 10))],
        new Dictionary<string, long>(),
        check);
}
