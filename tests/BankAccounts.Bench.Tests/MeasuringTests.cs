using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Tests;

public sealed class MeasuringTests
{
    [Theory]
    [InlineData(new double[] { 5 }, 5, 5, 5)]
    [InlineData(new double[] { 9, 1, 5 }, 1, 5, 9)]
    [InlineData(new double[] { 4, 1, 2, 9 }, 1, 3, 9)]
    public void A_series_has_its_least_its_middle_and_its_most(double[] values, double min, double median, double max)
    {
        var series = Some.Series("any", values);
        Assert.Equal((min, median, max), (series.Min, series.Median, series.Max));
    }

    [Fact]
    public void The_window_begins_when_the_pipes_are_full_and_counts_no_more_than_its_length()
    {
        var window = new SteadyWindow(underWay: 100, TimeSpan.FromSeconds(2));
        window.Count(100, Second(1));
        window.Count(50, Second(1.5));
        Assert.False(window.IsOver(Second(3.4)));
        window.Count(50, Second(3.5));
        Assert.True(window.IsOver(Second(3.5)));
        window.Count(1_000, Second(3.6));
        Assert.Equal(50, window.PerSecond);
    }

    [Fact]
    public void A_window_does_not_wait_for_pipes_that_are_slow_to_fill()
    {
        var window = new SteadyWindow(underWay: 100, TimeSpan.FromSeconds(1));
        window.Count(10, Second(1.9));
        Assert.False(window.IsOver(Second(2)));
        window.Count(10, Second(2.5));
        Assert.True(window.IsOver(Second(3)));
        Assert.Equal(10, window.PerSecond);
    }

    [Fact]
    public void What_grows_is_told_from_what_only_began_low()
    {
        Assert.True(Trend.Of([10, 50, 90, 100, 100, 101, 99, 100]).IsFlat(0.05));
        var growing = Trend.Of([100, 110, 120, 130, 140, 150, 160, 170]);
        Assert.Equal(10, growing.PerStep, precision: 9);
        Assert.Equal(30.0 / 155, growing.Growth, precision: 9);
        Assert.False(growing.IsFlat(0.05));
    }

    [Fact]
    public async Task A_closed_loop_calls_again_until_the_time_is_over()
    {
        var calls = new int[3];
        var sample = await ClosedLoop.RunAsync(3, TimeSpan.FromMilliseconds(20), async caller =>
        {
            calls[caller]++;
            await Task.Yield();
        });
        Assert.All(calls, made => Assert.True(made > 0));
        Assert.Equal(calls.Sum(), sample.Count);
        Assert.Equal(sample.Count, sample.Latency!.Count);
    }

    private static TimeSpan Second(double number) => TimeSpan.FromSeconds(number);
}
