namespace BankAccounts.Chaos;

/// <summary>A replica of a service dies in the middle of whatever it does, and is started again.</summary>
internal sealed class KilledService(string service) : Fault
{
    public override string Name => $"kill-{service}";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var replicas = world.Bank.Replicas;
        var id = Any(replicas.IdsOf(service), random);
        await replicas.StartAsync(id);
        await replicas.KillAsync(id);
        world.Tally.Killed();
        try
        {
            await LastAsync(Seconds(random, 0, 3), hurry);
        }
        finally
        {
            await replicas.StartAsync(id);
        }
        return $"killed {id}";
    }
}

/// <summary>
/// A projector stands still for longer than its session, its partitions move, and then it goes on as if nothing had
/// been: what it still commits must be refused.
/// </summary>
internal sealed class PausedProjector : Fault
{
    /// <summary>Longer than a session (KafkaClientSettings, appsettings.json), and than another owner takes to begin.</summary>
    private static readonly TimeSpan BeyondTheSession = TimeSpan.FromSeconds(9);

    private static readonly TimeSpan TimeToCommit = TimeSpan.FromSeconds(4);

    public override string Name => "pause-projector";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var running = world.Bank.Replicas.Running(ChaosBank.ProjectionService);
        if (running.Count < 2)
        {
            return "nothing: too few projectors run";
        }
        var (id, processId) = Any(running, random);
        await Signals.SendAsync(processId, Signals.Stop);
        try
        {
            await LastAsync(BeyondTheSession, hurry);
        }
        finally
        {
            var before = world.Bank.Logs.RefusedOf(id);
            await Signals.SendAsync(processId, Signals.Continue);
            await LastAsync(TimeToCommit, CancellationToken.None);
            world.Tally.Paused(world.Bank.Logs.RefusedOf(id) - before);
        }
        return $"paused {id}";
    }
}

/// <summary>Projectors leave and join every two seconds, so that partitions hardly stay anywhere.</summary>
internal sealed class RebalanceStorm : Fault
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    public override string Name => "rebalance-storm";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var replicas = world.Bank.Replicas;
        var ids = replicas.IdsOf(ChaosBank.ProjectionService);
        var turns = random.Next(3, 8);
        for (var turn = 0; turn < turns && !hurry.IsCancellationRequested; turn++)
        {
            var id = ids[turn % ids.Count];
            await replicas.StopAsync(id);
            await LastAsync(Pace, hurry);
            await replicas.StartAsync(id);
            await LastAsync(Pace, hurry);
        }
        return $"{turns} times a projector left and joined again";
    }
}
