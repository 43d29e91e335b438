using BankAccounts.AppHost.Commands;

namespace BankAccounts.AppHost.Tests;

public sealed class LoadReportTests
{
    [Fact]
    public void Callers_are_put_together_and_latencies_are_right_to_two_in_a_hundred()
    {
        var (one, other) = (new LoadReport(), new LoadReport());
        for (var ms = 1; ms <= 98; ms++)
        {
            one.Count(string.Empty, TimeSpan.FromMilliseconds(ms));
        }
        other.Count("INSUFFICIENT_FUNDS", TimeSpan.FromMilliseconds(99));
        other.Count("INSUFFICIENT_FUNDS", TimeSpan.FromMilliseconds(500));

        var all = LoadReport.Of([one, other], TimeSpan.FromSeconds(10));

        Assert.InRange(all.LatencyMs(0.5), 50, 51);
        Assert.InRange(all.LatencyMs(0.99), 99, 101);
        Assert.InRange(all.LatencyMs(1), 500, 510);
        var result = all.Result();
        Assert.StartsWith("10 decisions/s (100 in 10.0 s), latency p50 50", result.Message, StringComparison.Ordinal);
        Assert.EndsWith("; 2 refused.", result.Message, StringComparison.Ordinal);
        Assert.Equal("       2 INSUFFICIENT_FUNDS", result.Data?.Value);
    }

    [Theory]
    [InlineData(0, 0.05)]
    [InlineData(100_000_000, 60_500)]
    public void What_no_bucket_is_for_is_in_the_nearest(double ms, double most)
    {
        var report = new LoadReport();
        report.Count(string.Empty, TimeSpan.FromMilliseconds(ms));
        Assert.InRange(report.LatencyMs(0.5), 0.05, most);
    }

    [Fact]
    public void Without_commands_there_is_no_latency() => Assert.Equal(0, new LoadReport().LatencyMs(0.5));
}
