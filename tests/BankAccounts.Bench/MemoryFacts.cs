using BankAccounts.Bench.Processes;
using BankAccounts.Bench.Report;

namespace BankAccounts.Bench;

/// <summary>What memory is used for: looked at before and after the accounts, and while commands are under way.</summary>
internal sealed class MemoryFacts(BenchOptions options)
{
    private const double KiB = 1024;

    private static readonly string[] OnThePath = ["command-service", "projection-service"];

    private readonly List<Fact> facts = [];

    public IReadOnlyList<Fact> Facts => facts;

    /// <summary>Accounts were opened, each with one deposit.</summary>
    public void Opened(int accounts, MemoryUse before, MemoryUse after) => facts.AddRange(
        [
            new("Redis, allocated, for each account with two entries of history",
                (double)(after.RedisBytes - before.RedisBytes) / accounts, "bytes"),
            new("ProjectionService, resident, for each account opened",
                (double)Difference(before, after.ResidentByKind, "projection-service") / accounts, "bytes"),
        ]);

    /// <summary>So many commands were under way at once, from an idle bank on.</summary>
    public void UnderWay(long commands, MemoryUse before, IReadOnlyDictionary<string, long> peak) => facts.AddRange(
        from kind in OnThePath
        select new Fact(
            $"{kind}, resident, grown for each 1,000 commands under way in Execute",
            Difference(before, peak, kind) / KiB / (commands / 1_000.0), "KiB"));

    /// <summary>So many commands were decided since.</summary>
    public void Decided(long commands, MemoryUse before, MemoryUse after)
    {
        facts.Add(new(
            "Redis, allocated, for each further command", (double)(after.RedisBytes - before.RedisBytes) / commands, "bytes"));
        facts.Add(new(
            "ProjectionService, resident at the end, for each partition",
            after.ResidentByKind["projection-service"] / (KiB * KiB) / options.Partitions, "MiB"));
        facts.AddRange(Memories.Kinds.Where(after.ResidentByKind.ContainsKey)
            .Select(kind => new Fact($"{kind}, resident at the end, all replicas", Memories.ResidentMiB(after, kind), "MiB")));
    }

    private static long Difference(MemoryUse before, IReadOnlyDictionary<string, long> after, string kind) =>
        after.GetValueOrDefault(kind) - before.ResidentByKind.GetValueOrDefault(kind);
}
