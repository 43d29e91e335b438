using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Report;

/// <summary>A promise of the design: a workload in ratio to a yardstick of the same run.</summary>
/// <param name="What">What is promised.</param>
/// <param name="Workloads">The workload; of several, the best one.</param>
/// <param name="Yardsticks">The yardstick; of several, their sum.</param>
/// <param name="FirstBar">What has to be reached.</param>
/// <param name="Goal">What is aimed at.</param>
public sealed record Bar(string What, string[] Workloads, string[] Yardsticks, double FirstBar, double Goal)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Bar> All { get; } =
    [
        new("commands/s, a call for each, to pgbench -N",
            [.. Plan.Capacity], ["pgbench-simple"], 2, 4),
        new("commands/s, Execute, to raw produce", ["execute"], ["raw-produce"], 0.3, 0.6),
        new("commands/s, Execute, to the tutorial's design", ["execute"], ["tutorial"], 80, 200),
        new("settled transfers/s, Execute, to pgbench TPC-B-like", ["transfers"], ["pgbench-tpcb"], 10, 30),
        new("idle latency p50, to produce-consume + empty call", ["idle-command"], ["idle-record", "idle-empty-call"], 2.5, 1.8)
        {
            LowerIsBetter = true,
        },
        new("rebuild, records/s, to raw consume", ["rebuild"], ["raw-consume"], 0.3, 0.6),
        new("CPU per command, large bank to small", ["execute-large"], ["execute-small"], 1.3, 1.1)
        {
            Figure = CpuSecondsOf,
            LowerIsBetter = true,
        },
    ];

    /// <summary>CPU seconds that one command cost the bank, the median.</summary>
    public static double CpuSecondsPerCommand(Series series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return Series.MedianOf([.. series.Samples.Select(CpuSecondsOf)]);
    }

    /// <summary>What of a sample is compared.</summary>
    public Func<Sample, double> Figure { get; init; } = sample => sample.Value;

    public bool LowerIsBetter { get; init; }

    /// <summary>The ratio in one run; null if something of it was not measured.</summary>
    public Ratio? Of(IReadOnlyDictionary<string, Series> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (!Workloads.Concat(Yardsticks).All(series.ContainsKey))
        {
            return null;
        }
        var best = LowerIsBetter
            ? Workloads.MinBy(name => Median(series[name]))!
            : Workloads.MaxBy(name => Median(series[name]))!;
        var rounds = Yardsticks.Append(best).Min(name => series[name].Samples.Count);
        var byRound = Enumerable.Range(0, rounds).Select(round =>
            Figure(series[best].Samples[round]) / Yardsticks.Sum(name => Figure(series[name].Samples[round]))).ToList();
        return new Ratio(
            this, best, Median(series[best]) / Yardsticks.Sum(name => Median(series[name])), byRound.Min(), byRound.Max());
    }

    private static double CpuSecondsOf(Sample sample) => sample.Cpu!.BankSeconds / sample.Count;

    private double Median(Series series) => Series.MedianOf([.. series.Samples.Select(Figure)]);
}

/// <summary>A ratio as it was measured.</summary>
/// <param name="Bar">What it is held against.</param>
/// <param name="Workload">The workload that was the best.</param>
/// <param name="Value">The ratio of the medians.</param>
/// <param name="Min">The smallest of a round.</param>
/// <param name="Max">The largest of a round.</param>
public sealed record Ratio(Bar Bar, string Workload, double Value, double Min, double Max)
{
    /// <summary>Goal met, first bar met, or how far the first bar is.</summary>
    public string Verdict =>
        Meets(Bar.Goal) ? "goal met"
        : Meets(Bar.FirstBar)
            ? FormattableString.Invariant($"first bar met, {PartOf(Bar.Goal):P0} of the goal")
            : FormattableString.Invariant($"MISSED: {PartOf(Bar.FirstBar):P0} of the first bar");

    private bool Meets(double bar) => Bar.LowerIsBetter ? Value <= bar : Value >= bar;

    private double PartOf(double bar) => Bar.LowerIsBetter ? bar / Value : Value / bar;
}
