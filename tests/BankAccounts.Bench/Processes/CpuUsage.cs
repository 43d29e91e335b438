using System.Diagnostics;

namespace BankAccounts.Bench.Processes;

/// <summary>What each kind of process, and this generator, used of the CPU between two looks.</summary>
/// <param name="Elapsed">The time between the two looks.</param>
/// <param name="SecondsByKind">CPU seconds by the kind of process; <c>generator</c> is this one.</param>
internal sealed record CpuUsage(TimeSpan Elapsed, IReadOnlyDictionary<string, double> SecondsByKind)
{
    /// <summary>What decides and stores commands: AppHost and generator are not among them.</summary>
    private static readonly string[] PathOfCommands = ["command-service", "projection-service", "redis", "kafka"];

    /// <summary>CPU seconds on the path of commands.</summary>
    public double BankSeconds => PathOfCommands.Sum(kind => SecondsByKind.GetValueOrDefault(kind));

    /// <summary>The part of all cores, 0 … 1, that this generator used.</summary>
    public double GeneratorShare =>
        SecondsByKind.GetValueOrDefault("generator") / Elapsed.TotalSeconds / Environment.ProcessorCount;

    /// <summary>Measures while something runs.</summary>
    public static async Task<(T Result, CpuUsage Usage)> WhileAsync<T>(
        IReadOnlyList<BankProcess> processes, Func<Task<T>> run)
    {
        var before = Look(processes);
        var begun = Stopwatch.GetTimestamp();
        var result = await run();
        var elapsed = Stopwatch.GetElapsedTime(begun);
        var after = Look(processes);
        return (result, new CpuUsage(elapsed, after.ToDictionary(
            entry => entry.Key, entry => entry.Value - before.GetValueOrDefault(entry.Key))));
    }

    private static Dictionary<string, double> Look(IReadOnlyList<BankProcess> processes)
    {
        var seconds = processes.GroupBy(process => process.Kind).ToDictionary(
            kind => kind.Key, kind => kind.Sum(process => ProcessTable.CpuSecondsOf(process.Id)));
        seconds["generator"] = Environment.CpuUsage.TotalTime.TotalSeconds;
        return seconds;
    }
}
