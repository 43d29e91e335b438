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
        // Without a wish for more this is one schedule, so that the switch itself is tried.
        var counts = RunAll(
            (int)(seed ?? 1), number => number > 0 && watch.Elapsed.TotalMinutes >= (minutes ?? 0));
        Console.WriteLine($"{counts.Schedules} schedules CPU {Environment.CpuUsage.TotalTime.TotalMicroseconds / counts.Schedules} gc {GC.CollectionCount(0)} {GC.CollectionCount(2)} pause {GC.GetTotalPauseDuration()} {GC.GetTotalAllocatedBytes() / counts.Schedules} from seed {seed ?? 1}: {counts}");
        Assert.True(counts.Schedules > 0);
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

    /// <summary>Seeds one after the other, by as many threads as there are processors.</summary>
    private static ScheduleCounts RunAll(int firstSeed, Func<int, bool> until)
    {
        var all = new ScheduleCounts();
        var next = -1;
        Parallel.For(0, Environment.ProcessorCount, (_, parallel) =>
        {
            for (var number = Interlocked.Increment(ref next); !until(number) && !parallel.IsStopped;
                number = Interlocked.Increment(ref next))
            {
                try
                {
                    var counts = OnOneThread.Run(() => Schedule.Run(firstSeed + number));
                    lock (all)
                    {
                        all.Add(counts);
                    }
                }
                catch (ViolationException)
                {
                    parallel.Stop();
                    throw;
                }
            }
        });
        return all;
    }

    private static double? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
