namespace BankAccounts.Chaos;

/// <summary>Every fault there is, in two lanes: within a lane one follows the other, and the lanes overlap.</summary>
internal static class AllFaults
{
    /// <summary>Processes of the bank and of Kafka.</summary>
    public static readonly IReadOnlyList<Fault> OfProcesses =
    [
        new KilledService(ChaosBank.CommandService), new KilledService(ChaosBank.ProjectionService),
        new KilledService(ChaosBank.QueryService), new PausedProjector(), new RebalanceStorm(),
        new KilledLeader(), new PausedLeader(), new TwoBrokersDown(atOnce: false), new TwoBrokersDown(atOnce: true),
        BadDisk.Failing, BadDisk.Slow, new Overload(TimeSpan.FromSeconds(5)),
        new RollingRestart(ChaosBank.CommandService, ChaosBank.QueryService, ChaosBank.ProjectionService),
    ];

    /// <summary>Redis, the way to it, foreign records and wrong clocks.</summary>
    public static readonly IReadOnlyList<Fault> OfSurroundings =
    [
        new FlushedRedis(), new KilledRedis(), new RolledBackRedis(), new RolledBackPartition(), new FullRedis(),
        new PausedRedis(), new SlowNetwork(), new CutNetwork(), new HeldNetwork(), new ForeignRecords("duplicates"),
        new ForeignRecords("poison"), new ForeignRecords("orphans"), new WrongClock(ChaosBank.CommandService),
        new WrongClock(ChaosBank.ProjectionService),
    ];

    public static IEnumerable<Fault> All => OfProcesses.Concat(OfSurroundings);
}
