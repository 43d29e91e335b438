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
/// Redis last, a commit, is on its way all the time and arrives only then: it must be refused.
/// </summary>
internal sealed class PausedProjector : Fault
{
    private static readonly TimeSpan MovesWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CommitsWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public override string Name => "pause-projector";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var bank = world.Bank;
        List<(string Id, IReadOnlyList<int> Tree)> candidates = [];
        await BecomesAsync(async () => (candidates = await OwningAsync(bank)).Count > 1, MovesWithin, hurry);
        if (candidates.Count < 2)
        {
            return "nothing: fewer than two projectors own partitions";
        }
        var (id, tree) = Any(candidates, random);
        var proxy = bank.Redis.Proxy;
        var ports = tree.SelectMany(process => Connections.Of(process, proxy.Port)).ToList();
        var held = ports.Select(proxy.Hold).ToList();
        try
        {
            var hasMoved = await OutliveAsync(bank, tree, held, hurry);
            await BecomesAsync(() => Task.FromResult(held.Any(one => one.Refusals > 0)), CommitsWithin, hurry);
            var refused = held.Sum(one => one.Refusals);
            if (hasMoved)
            {
                world.Tally.Paused(refused);
            }
            return hasMoved
                ? $"paused {id} until its partitions had moved; refused commits afterwards: {refused}"
                : $"paused {id}, whose partitions did not all move";
        }
        finally
        {
            ports.ForEach(proxy.Forget);
        }
    }

    /// <summary>Lets the process stand still, with commits under way, until others own its partitions; if they do.</summary>
    private static async Task<bool> OutliveAsync(
        ChaosBank bank, IReadOnlyList<int> tree, List<HeldConnection> held, CancellationToken hurry)
    {
        await BecomesAsync(() => Task.FromResult(held.Any(one => one.HasCommit)), CommitsWithin, hurry);
        Dictionary<int, long?> positions = [];
        await BecomesAsync(async () => (positions = await PositionsAsync(bank, tree)).Count > 0, CommitsWithin, hurry);
        await Signals.SendAsync(tree[0], Signals.Stop);
        try
        {
            var hasMoved = await BecomesAsync(
                async () => !(await OwnersAsync(bank)).Any(tree.Contains), MovesWithin, hurry);
            // The successor of what is held has these records too: once it has committed them, the zombie comes too late.
            if (hasMoved)
            {
                await BecomesAsync(() => HaveGoneOnAsync(bank, positions), CommitsWithin, hurry);
            }
            return hasMoved;
        }
        finally
        {
            held.ForEach(one => one.Release());
            await LastAsync(Look, CancellationToken.None);
            await Signals.SendAsync(tree[0], Signals.Continue);
        }
    }

    /// <summary>The projectors that own partitions, with their processes.</summary>
    private static async Task<List<(string Id, IReadOnlyList<int> Tree)>> OwningAsync(ChaosBank bank)
    {
        var owners = await OwnersAsync(bank);
        return
        [
            .. bank.Replicas.Running(ChaosBank.ProjectionService)
                .Select(one => (one.Id, Signals.TreeOf(one.ProcessId)))
                .Where(one => owners.Any(one.Item2.Contains)),
        ];
    }

    /// <summary>Where Redis stands in the partitions of a process.</summary>
    private static async Task<Dictionary<int, long?>> PositionsAsync(ChaosBank bank, IReadOnlyList<int> tree)
    {
        var positions = new Dictionary<int, long?>();
        var owners = await OwnersAsync(bank);
        foreach (var partition in Enumerable.Range(0, owners.Count).Where(partition => tree.Contains(owners[partition])))
        {
            positions[partition] = await bank.PositionOfAsync(partition);
        }
        return positions;
    }

    private static async Task<bool> HaveGoneOnAsync(ChaosBank bank, Dictionary<int, long?> positions)
    {
        foreach (var (partition, before) in positions)
        {
            if (await bank.PositionOfAsync(partition) <= before)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The process that folds each partition.</summary>
    private static async Task<IReadOnlyList<int>> OwnersAsync(ChaosBank bank) =>
        await Task.WhenAll(Enumerable.Range(0, ChaosBank.Partitions).Select(bank.OwnerOfAsync));

    /// <summary>While Redis is away, nothing can be told of it.</summary>
    private static async Task<bool> IsTrueAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Whether a condition comes true in time.</summary>
    private static async Task<bool> BecomesAsync(Func<Task<bool>> condition, TimeSpan within, CancellationToken hurry)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < within && !hurry.IsCancellationRequested)
        {
            if (await IsTrueAsync(condition))
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
