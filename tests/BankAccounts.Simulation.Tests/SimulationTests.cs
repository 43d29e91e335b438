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
        var counts = RunAll(firstSeed: 1, until: number => number >= Schedules);
        output.WriteLine(counts.ToString());
        Assert.All(
            [
                counts.Refusals, counts.LandedLate, counts.Lost, counts.Repeated, counts.RolledBack, counts.Flushed,
                counts.Transfers, counts.Refunds,
            ],
            count => Assert.True(count > Schedules / 50, counts.ToString()));
    }

    [Fact]
    public void More_schedules_on_demand()
    {
        var minutes = Number("BANK_SIMULATION_MINUTES");
        var seed = Number("BANK_SIMULATION_SEED");
        var watch = Stopwatch.StartNew();
        var ran = 0;
        // Without a wish for more this is one schedule, so that the switch itself is tried.
        var counts = RunAll((int)(seed ?? 1), number =>
        {
            ran = number;
            return number > 0 && watch.Elapsed.TotalMinutes >= (minutes ?? 0);
        });
        Console.WriteLine($"{ran} schedules from seed {seed ?? 1}: {counts}");
    }

    [Theory]
    [InlineData(Fault.NoCompareAndSet)]
    [InlineData(Fault.NoPrefetchRule)]
    [InlineData(Fault.RefusalsForgottenAtTheAnswer)]
    [InlineData(Fault.DedupeWindowOfTwo)]
    [InlineData(Fault.NoCreditSequence)]
    internal void A_rule_that_is_left_out_is_missed(Fault fault)
    {
        for (var seed = 1; seed <= Schedules; seed++)
        {
            try
            {
                OnOneThread.Run(() => Schedule.Run(seed, fault));
            }
            catch (ViolationException found)
            {
                output.WriteLine(found.Message);
                return;
            }
        }
        Assert.Fail($"Nothing was missed without {fault}.");
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

    private static ScheduleCounts RunAll(int firstSeed, Func<int, bool> until) => OnOneThread.Run(() =>
    {
        var all = new ScheduleCounts();
        for (var number = 0; !until(number); number++)
        {
            all.Add(Schedule.Run(firstSeed + number));
        }
        return all;
    });

    private static double? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
