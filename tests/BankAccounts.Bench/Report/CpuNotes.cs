using BankAccounts.Bench.Processes;

namespace BankAccounts.Bench.Report;

/// <summary>What one command cost of the CPU, process by process, for whoever tunes.</summary>
internal static class CpuNotes
{
    private static readonly (string Kind, string Short)[] Kinds =
        [("command-service", "command"), ("projection-service", "projection"), ("kafka", "kafka"), ("redis", "redis")];

    public static string Of(CpuUsage cpu, long count)
    {
        var each = Kinds.Select(kind => FormattableString.Invariant(
            $"{kind.Short} {Figures.Text(cpu.SecondsByKind.GetValueOrDefault(kind.Kind) * 1e6 / Math.Max(1, count))}"));
        return FormattableString.Invariant(
            $"(CPU us each: {string.Join(", ", each)}; generator {cpu.GeneratorShare * 100:0} % of the machine)");
    }
}
