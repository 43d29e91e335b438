using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// The whole bank under seeded faults. <c>./bank simulate --seed N --minutes M</c> goes on from any seed
/// for as long as is wanted.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Schedules = 10_000;

    [Fact]
    public void Ten_thousand_schedules_keep_every_promise()
    {
        var run = SimulationRun.Of(firstSeed: 1, number => number >= Schedules);
        output.WriteLine(run.ToString());
        Assert.True(run.Violation is null, run.ToString());
        var counts = run.Counts;
        Assert.All(
            [
                counts.Refusals, counts.LandedLate, counts.Lost, counts.Repeated, counts.RolledBack, counts.Flushed,
                counts.Died, counts.Truncated, counts.Transfers, counts.Refunds,
            ],
            count => Assert.True(count > Schedules / 50, counts.ToString()));
    }

    /// <summary>What <c>./bank simulate</c> runs: without its wishes one schedule, so that it is tried.</summary>
    [Fact]
    public void More_schedules_on_demand()
    {
        var minutes = double.Parse(Wish("MINUTES") ?? "0", CultureInfo.InvariantCulture);
        var seed = int.Parse(Wish("SEED") ?? "1", CultureInfo.InvariantCulture);
        var fault = Enum.Parse<Fault>(Wish("FAULT") ?? nameof(Fault.None));
        var watch = Stopwatch.StartNew();
        var run = SimulationRun.Of(seed, number => number > 0 && watch.Elapsed.TotalMinutes >= minutes, fault);
        output.WriteLine(run.ToString());
        if (Wish("REPORT") is { } report)
        {
            File.WriteAllText(report, $"{run}\n");
        }
        Assert.True(run.Violation is null, run.ToString());
    }

    [Fact]
    public void A_report_says_what_was_done_and_how_to_see_a_broken_promise_again()
    {
        Assert.EndsWith("Every promise was kept.", SimulationRun.Of(7, number => number >= 20).ToString());
        var run = SimulationRun.Of(1, number => number >= Schedules, Fault.NoCompareAndSet);
        Assert.NotNull(run.Violation);
        Assert.EndsWith($"./bank simulate --seed {run.Violation.Seed} --minutes 0", run.ToString());
        var again = SimulationRun.Of(run.Violation.Seed, number => number > 0, Fault.NoCompareAndSet);
        Assert.Equal(run.Violation.Message, again.Violation?.Message);
    }

    [Theory]
    [InlineData(Fault.NoCompareAndSet)]
    [InlineData(Fault.NoPrefetchRule)]
    [InlineData(Fault.RefusalsForgottenAtTheAnswer)]
    [InlineData(Fault.DedupeWindowOfTwo)]
    [InlineData(Fault.NoCreditSequence)]
    [InlineData(Fault.NoDirtyMark)]
    [InlineData(Fault.NoLookAtTheLog)]
    internal void A_rule_that_is_left_out_is_missed(Fault fault)
    {
        var run = SimulationRun.Of(firstSeed: 1, number => number >= Schedules, fault);
        output.WriteLine(run.ToString());
        Assert.True(run.Violation is not null, $"Nothing was missed without {fault}.");
    }

    [Fact]
    public void The_same_seed_is_the_same_schedule()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var first = OnOneThread.Run(() => Schedule.Run(seed)).ToString();
            Assert.Equal(first, OnOneThread.Run(() => Schedule.Run(seed)).ToString());
        }
    }

    private static string? Wish(string name) =>
        Environment.GetEnvironmentVariable($"BANK_SIMULATION_{name}") is { Length: > 0 } text ? text : null;
}
