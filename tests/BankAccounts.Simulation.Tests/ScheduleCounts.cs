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
        Transfers += other.Transfers;
        Refunds += other.Refunds;
    }

    public override string ToString() =>
        $"{Records} records, {Commits} commits, {Refusals} refused, {LandedLate} landed late, {Lost} lost,"
        + $" {Repeated} repeated, {RolledBack} rollbacks, {Flushed} flushes, {Transfers} transfers, {Refunds} refunds";
}
