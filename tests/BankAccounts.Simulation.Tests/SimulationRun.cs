using System.Diagnostics;
using System.Globalization;

namespace BankAccounts.Simulation.Tests;

/// <summary>Schedules of seeds one after the other, and what a person wants to read about them.</summary>
internal sealed class SimulationRun
{
    private readonly ScheduleCounts counts = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly int firstSeed;
    private ViolationException? violation;

    private SimulationRun(int firstSeed) => this.firstSeed = firstSeed;

    public ScheduleCounts Counts => counts;

    /// <summary>The broken promise of the lowest seed that was tried; null if all were kept.</summary>
    public ViolationException? Violation => violation;

    /// <summary>Runs schedules on as many threads as there are processors, until one breaks a promise.</summary>
    /// <param name="firstSeed">The seed of the first one.</param>
    /// <param name="isEnough">Whether to stop, asked with the number of schedules that were begun.</param>
    /// <param name="fault">A rule that is left out.</param>
    public static SimulationRun Of(int firstSeed, Func<int, bool> isEnough, Fault fault = Fault.None)
    {
        var run = new SimulationRun(firstSeed);
        var next = -1;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            for (var number = Interlocked.Increment(ref next); run.violation is null && !isEnough(number);
                number = Interlocked.Increment(ref next))
            {
                run.RunOne(unchecked(firstSeed + number), fault);
            }
        });
        run.watch.Stop();
        return run;
    }

    /// <summary>Seeds, rate, what happened and the verdict; for a broken promise how to see it again.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {counts.Schedules} schedules from seed {firstSeed} on in {watch.Elapsed.TotalSeconds:f0} s, {counts.Schedules / watch.Elapsed.TotalSeconds:f0} a second
        {counts}
        {Verdict}
        """);

    private string Verdict => violation is null
        ? "Every promise was kept."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"""
            A promise was broken. {violation.Message}
            The same schedule again: ./bank simulate --seed {violation.Seed} --minutes 0
            """);

    private void RunOne(int seed, Fault fault)
    {
        try
        {
            var one = OnOneThread.Run(() => Schedule.Run(seed, fault));
            lock (counts)
            {
                counts.Add(one);
            }
        }
        catch (ViolationException found)
        {
            lock (counts)
            {
                violation = violation is null || found.Seed < violation.Seed ? found : violation;
            }
        }
    }
}
