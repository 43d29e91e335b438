using System.Diagnostics;
using StackExchange.Redis;

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
/// A projector stands still until its session is over and all of its partitions have another owner. What it had sent to
/// Redis is on its way all the time and arrives only then, and then it goes on as if nothing had been: what it commits
/// must be refused.
/// </summary>
internal sealed class PausedProjector : Fault
{
    private static readonly TimeSpan MovesWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CommitsWithin = TimeSpan.FromSeconds(4);

    /// <summary>From the first thing that is held back until the process stands still: commits come every few ms.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public override string Name => "pause-projector";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var bank = world.Bank;
        var owners = await OwnersAsync(bank) ?? [];
        var candidates = bank.Replicas.Running(ChaosBank.ProjectionService)
            .Select(one => (one.Id, Tree: Signals.TreeOf(one.ProcessId)))
            .Where(one => owners.Any(one.Tree.Contains))
            .ToList();
        if (candidates.Count < 2)
        {
            return "nothing: fewer than two projectors own partitions";
        }
        var (id, tree) = Any(candidates, random);
        var before = bank.Logs.RefusedOf(id);
        var proxy = bank.Redis.Proxy;
        var ports = tree.SelectMany(process => Connections.Of(process, proxy.Port)).ToList();
        var hasMoved = false;
        try
        {
            var held = ports.Select(proxy.Hold).ToList();
            await BecomesAsync(() => Task.FromResult(held.Any(one => one.HasSent)), CommitsWithin, hurry);
            await LastAsync(UnderWay, hurry);
            await Signals.SendAsync(tree[0], Signals.Stop);
            hasMoved = await BecomesAsync(
                async () => await OwnersAsync(bank) is { } now && !now.Any(tree.Contains), MovesWithin, hurry);
        }
        finally
        {
            ports.ForEach(proxy.Release);
            await LastAsync(Look, CancellationToken.None);
            await Signals.SendAsync(tree[0], Signals.Continue);
        }
        if (!hasMoved)
        {
            return $"paused {id}, whose partitions did not all move";
        }
        await BecomesAsync(() => Task.FromResult(bank.Logs.RefusedOf(id) > before), CommitsWithin, CancellationToken.None);
        var refused = bank.Logs.RefusedOf(id) - before;
        world.Tally.Paused(refused);
        return $"paused {id} until its partitions had moved; refused commits afterwards: {refused}";
    }

    /// <summary>The process that folds each partition; null while Redis is away.</summary>
    private static async Task<IReadOnlyList<int>?> OwnersAsync(ChaosBank bank)
    {
        try
        {
            return await Task.WhenAll(Enumerable.Range(0, ChaosBank.Partitions).Select(bank.OwnerOfAsync));
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Whether a condition comes true in time.</summary>
    private static async Task<bool> BecomesAsync(Func<Task<bool>> condition, TimeSpan within, CancellationToken hurry)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < within && !hurry.IsCancellationRequested)
        {
            if (await condition())
            {
                return true;
            }
            await LastAsync(Look, hurry);
        }
        return false;
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
