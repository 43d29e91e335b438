using Confluent.Kafka;

namespace BankAccounts.Chaos;

/// <summary>What all that happens to brokers has in common: the next one only begins when all copies are whole.</summary>
internal abstract class BrokerFault : Fault
{
    private static readonly TimeSpan CopiesWithin = TimeSpan.FromSeconds(90);

    public sealed override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var bank = world.Bank;
        await bank.Replicas.HealAsync(Enumerable.Range(1, ChaosBank.Brokers).Select(ChaosBank.BrokerName));
        await WholeAsync(bank);
        var what = await StrikeAsync(world, random, hurry);
        await WholeAsync(bank);
        return what;
    }

    /// <summary>Brings it about and heals it, while all copies are whole.</summary>
    protected abstract Task<string> StrikeAsync(World world, Random random, CancellationToken hurry);

    /// <summary>The broker that leads some partition.</summary>
    protected static string Leader(ChaosBank bank, Random random)
    {
        try
        {
            var leader = bank.LeaderOf(random.Next(ChaosBank.Partitions));
            return ChaosBank.BrokerName(leader > 0 ? leader : 1);
        }
        catch (KafkaException)
        {
            return ChaosBank.BrokerName(1);
        }
    }

    private static Task WholeAsync(ChaosBank bank) => Tests.Servers.Eventually.BecomesTrue(
        () => Task.FromResult(bank.AllCopiesAreWhole()), "each partition has all of its copies", CopiesWithin);
}

/// <summary>The broker that leads a partition dies, and comes back.</summary>
internal sealed class KilledLeader : BrokerFault
{
    public override string Name => "kill-leader";

    protected override async Task<string> StrikeAsync(World world, Random random, CancellationToken hurry)
    {
        var replicas = world.Bank.Replicas;
        var id = replicas.IdsOf(Leader(world.Bank, random)).Single();
        await replicas.KillAsync(id);
        world.Tally.Killed();
        world.Tally.LostBroker();
        try
        {
            await LastAsync(Seconds(random, 5, 9), hurry);
        }
        finally
        {
            await replicas.StartAsync(id);
        }
        return $"killed {id}";
    }
}

/// <summary>The broker that leads a partition stands still for longer than its session.</summary>
internal sealed class PausedLeader : BrokerFault
{
    public override string Name => "pause-leader";

    protected override async Task<string> StrikeAsync(World world, Random random, CancellationToken hurry)
    {
        var (id, processId) = world.Bank.Replicas.Running(Leader(world.Bank, random)).Single();
        await Signals.SendAsync(processId, Signals.Stop);
        try
        {
            await LastAsync(Seconds(random, 5, 12), hurry);
        }
        finally
        {
            await Signals.SendAsync(processId, Signals.Continue);
        }
        return $"paused {id}";
    }
}

/// <summary>Two of three brokers die: nothing may be acknowledged until one is back.</summary>
internal sealed class TwoBrokersDown : BrokerFault
{
    public override string Name => "two-brokers-down";

    protected override async Task<string> StrikeAsync(World world, Random random, CancellationToken hurry)
    {
        var replicas = world.Bank.Replicas;
        var survivor = random.Next(1, ChaosBank.Brokers + 1);
        var ids = Enumerable.Range(1, ChaosBank.Brokers).Where(number => number != survivor)
            .Select(number => replicas.IdsOf(ChaosBank.BrokerName(number)).Single()).ToList();
        await Task.WhenAll(ids.Select(replicas.KillAsync));
        world.Tally.LostBroker();
        try
        {
            await LastAsync(Seconds(random, 6, 10), hurry);
        }
        finally
        {
            await Task.WhenAll(ids.Select(replicas.StartAsync));
        }
        return $"killed {string.Join(" and ", ids)}";
    }
}
