using BankAccounts.Bench.Checks;
using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Processes;

namespace BankAccounts.Bench.Report;

/// <summary>Everything that a run found out.</summary>
/// <param name="Begun">When it began.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Machine">What it was made on.</param>
/// <param name="Series">What was measured, in the order of the plan.</param>
/// <param name="Facts">Single figures: what memory is used for.</param>
/// <param name="Minutes">The minutes of a soak; none for a bench.</param>
/// <param name="Errors">What was not accepted, by its reason.</param>
/// <param name="Check">The books at its end.</param>
public sealed record RunReport(
    DateTimeOffset Begun,
    TimeSpan Took,
    BenchOptions Options,
    Machine Machine,
    IReadOnlyList<Series> Series,
    IReadOnlyList<Fact> Facts,
    IReadOnlyList<SoakMinute> Minutes,
    IReadOnlyDictionary<string, long> Errors,
    CheckResult Check)
{
    /// <summary>The ratios of which everything was measured.</summary>
    public IReadOnlyList<Ratio> Ratios
    {
        get
        {
            var byName = Series.Where(one => one.Samples.Count > 0).ToDictionary(one => one.Measurement.Name);
            return [.. Bar.All.Select(bar => bar.Of(byName)).OfType<Ratio>()];
        }
    }

    /// <summary>The kind of run, as its command says it.</summary>
    public string Scope => Options.Soak is { } soak
        ? FormattableString.Invariant($"--soak {soak.TotalMinutes:0}")
        : Options.Scope == BenchScope.Full ? "--full" : "--quick";

    /// <summary>Whether calls went to the replicas themselves.</summary>
    public string Way => Options.ThroughProxy
        ? "Calls pass through the AppHost's proxy."
        : "Calls go to the replicas' own ports, not through the AppHost's proxy.";

    /// <summary>What ran, in a sentence.</summary>
    public string Setting => FormattableString.Invariant(
        $"{Options.CommandServices} CommandService, {Options.Projectors} ProjectionService, {Options.Partitions} partitions, {Options.Brokers} broker(s), {Options.Accounts} accounts, tracing {TracingText}; {Options.Rounds} rounds of {Options.Repetition.TotalSeconds:0} s.");

    /// <summary>The machine, in a line.</summary>
    public string Hardware => FormattableString.Invariant(
        $"{Machine.Cpu}, {Machine.Cores} cores, {Machine.MemoryGiB:0.0} GiB, Linux {Machine.Kernel}");

    /// <summary>The versions, in a line.</summary>
    public string Versions => string.Join(", ", Machine.Versions.Select(version => $"{version.Key} {version.Value}"));

    /// <summary>The series of a name; null if it was not measured.</summary>
    public Series? Of(string name) =>
        Series.FirstOrDefault(one => one.Measurement.Name == name && one.Samples.Count > 0);

    private string TracingText => Options.Tracing switch
    {
        TracingMode.Off => "off",
        TracingMode.Sampled => "on (sampled, to a collector)",
        _ => "always (every call, to a collector)",
    };
}

/// <summary>A single figure.</summary>
/// <param name="What">What it is.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">Of what.</param>
public sealed record Fact(string What, double Value, string Unit);

/// <summary>One minute of a soak.</summary>
/// <param name="Minute">Which one, from 1.</param>
/// <param name="PerSecond">Commands that were decided, a second.</param>
/// <param name="Latency">Their latencies, from the intended sending.</param>
/// <param name="Memory">The memory at its end.</param>
/// <param name="Commands">How many commands had been decided by then.</param>
public sealed record SoakMinute(
    int Minute, double PerSecond, LatencyHistogram Latency, MemoryUse Memory, long Commands);
