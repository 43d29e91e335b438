using BankAccounts.Bench.Processes;

namespace BankAccounts.Bench.Report;

/// <summary>Memory as people read it.</summary>
public static class Memories
{
    private const double MiB = 1024 * 1024;

    /// <summary>The kinds of process whose memory is told.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["command-service", "projection-service", "query-service", "redis", "kafka"];

    /// <summary>Resident memory of a kind, in MiB.</summary>
    public static double ResidentMiB(MemoryUse use, string kind)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.ResidentByKind.GetValueOrDefault(kind) / MiB;
    }

    public static string Text(MemoryUse use) =>
        string.Join(", ", Kinds.Select(kind => $"{kind} {Figures.Text(ResidentMiB(use, kind))}")) + " MiB";
}
