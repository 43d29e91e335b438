namespace BankAccounts.Simulation.Tests;

/// <summary>What happened in schedules.</summary>
internal sealed class ScheduleCounts
{
    public long Schedules { get; set; }

    public long Records { get; set; }

    public long Commits { get; set; }

    public long Refusals { get; set; }

    public long LandedLate { get; set; }

    public long Lost { get; set; }

    public long Repeated { get; set; }

    public long RolledBack { get; set; }

    public long Flushed { get; set; }

    public long Died { get; set; }

    public long Truncated { get; set; }

    public long Transfers { get; set; }

    public long Refunds { get; set; }

    public void Add(ScheduleCounts other)
    {
        Schedules++;
        Records += other.Records;
        Commits += other.Commits;
        Refusals += other.Refusals;
        LandedLate += other.LandedLate;
        Lost += other.Lost;
        Repeated += other.Repeated;
        RolledBack += other.RolledBack;
        Flushed += other.Flushed;
        Died += other.Died;
        Truncated += other.Truncated;
        Transfers += other.Transfers;
        Refunds += other.Refunds;
    }

    public override string ToString() =>
        $"{Records} records, {Commits} commits, {Transfers} transfers, {Refunds} refunds; faults: {Refusals} commits"
        + $" refused, {LandedLate} landed late, {Died} scripts died midway, {Lost} sends lost, {Repeated} repeated,"
        + $" {RolledBack} rollbacks of Redis, {Flushed} losses of Redis, {Truncated} logs truncated";
}
