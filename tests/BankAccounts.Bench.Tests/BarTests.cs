using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Report;

namespace BankAccounts.Bench.Tests;

public sealed class BarTests
{
    [Fact]
    public void Every_bar_names_what_is_measured()
    {
        string[] grown = ["execute-small", "execute-large"];
        Assert.All(
            Bar.All.SelectMany(bar => bar.Workloads.Concat(bar.Yardsticks)),
            name => Assert.Contains(name, Plan.Names.Concat(grown)));
    }

    [Fact]
    public void A_throughput_is_that_of_the_best_workload_to_its_yardstick()
    {
        var ratio = RatioOf(
            "pgbench-simple", Some.Series("unary-16", 100, 100, 100), Some.Series("unary-64", 900, 1_000, 1_300),
            Some.Series("unary-256", 500, 500, 500), Some.Series("pgbench-simple", 300, 400, 500));
        Assert.Equal(("unary-64", 2.5, 2.5, 3), (ratio.Workload, ratio.Value, ratio.Min, ratio.Max));
        Assert.Equal("first bar met, 62 % of the goal", ratio.Verdict);
    }

    [Theory]
    [InlineData(1_600, "goal met")]
    [InlineData(800, "first bar met, 50 % of the goal")]
    [InlineData(400, "MISSED: 50 % of the first bar")]
    public void A_verdict_says_what_was_met(double commands, string verdict) =>
        Assert.Equal(verdict, RatioOf(
            "pgbench-simple", Some.Series("unary-16", commands), Some.Series("unary-64", 1), Some.Series("unary-256", 1),
            Some.Series("pgbench-simple", 400)).Verdict);

    [Theory]
    [InlineData(3, "goal met")]
    [InlineData(4, "first bar met, 90 % of the goal")]
    [InlineData(10, "MISSED: 50 % of the first bar")]
    public void A_latency_is_compared_with_the_sum_of_its_yardsticks(double milliseconds, string verdict) =>
        Assert.Equal(verdict, RatioOf(
            "idle-record", Some.Series("idle-command", milliseconds), Some.Series("idle-record", 1.5),
            Some.Series("idle-empty-call", 0.5)).Verdict);

    [Fact]
    public void The_cost_of_a_command_is_the_CPU_time_of_the_bank_alone()
    {
        var ratio = RatioOf("execute-small", Some.Series("execute-large", 6), Some.Series("execute-small", 4));
        Assert.Equal(1.5, ratio.Value);
        Assert.Equal(0.004, Bar.CpuSecondsPerCommand(Some.Series("any", 4)));
    }

    [Fact]
    public void There_is_no_ratio_of_what_was_not_measured()
    {
        var series = new Dictionary<string, Series> { ["execute"] = Some.Series("execute", 1) };
        Assert.All(Bar.All, bar => Assert.Null(bar.Of(series)));
    }

    private static Ratio RatioOf(string yardstick, params Series[] series) =>
        Bar.All.Single(bar => bar.Yardsticks.Contains(yardstick)).Of(series.ToDictionary(one => one.Measurement.Name))!;
}
