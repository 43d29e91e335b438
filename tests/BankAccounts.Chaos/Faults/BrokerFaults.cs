using Confluent.Kafka;

namespace BankAccounts.Chaos;

/// <summary>What all that happens to brokers has in common: the next one only begins when all copies are whole.</summary>
internal abstract class BrokerFault : Fault
{
    private static readonly TimeSpan CopiesWithin = TimeSpan.FromSeconds(90);

    public sealed override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var bank = world.Bank;
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

    /// <summary>A broker may also end by itself, and later than what made it do so.</summary>
    private static Task WholeAsync(ChaosBank bank) => Tests.Servers.Eventually.BecomesTrue(
        async () =>
        {
            await bank.Replicas.HealAsync(Enumerable.Range(1, ChaosBank.Brokers).Select(ChaosBank.BrokerName));
            return bank.AllCopiesAreWhole();
        },
        "each partition has all of its copies",
        CopiesWithin);
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

/// <summary>
/// Two of three brokers die: nothing may be acknowledged until one is back. At once, or the second when the first has
/// been replaced.
/// </summary>
internal sealed class TwoBrokersDown(bool atOnce) : BrokerFault
{
    private static readonly TimeSpan ReplacedWithin = TimeSpan.FromSeconds(60);

    /// <summary>A copy that follows another leader begins to fetch from it within a second, and never waits longer.</summary>
    private static readonly TimeSpan CopiesFollow = TimeSpan.FromSeconds(3);

    public override string Name => atOnce ? "two-brokers-at-once" : "two-brokers-down";

    public override string? WhyNot(ChaosBank bank) => atOnce && bank.IsKafka09
        ? "brokers before 0.11 lose acknowledged records by it (KIP-101)"
        : null;

    protected override async Task<string> StrikeAsync(World world, Random random, CancellationToken hurry)
    {
        var replicas = world.Bank.Replicas;
        var survivor = random.Next(1, ChaosBank.Brokers + 1);
        var dying = Enumerable.Range(1, ChaosBank.Brokers).Where(number => number != survivor).ToList();
        var ids = dying.ConvertAll(number => replicas.IdsOf(ChaosBank.BrokerName(number)).Single());
        try
        {
            await replicas.KillAsync(ids[0]);
            if (!atOnce)
            {
                await ReplacedAsync(world.Bank, dying[0]);
            }
            await replicas.KillAsync(ids[1]);
            world.Tally.LostBroker();
            await LastAsync(Seconds(random, 6, 10), hurry);
        }
        finally
        {
            await Task.WhenAll(ids.Select(replicas.StartAsync));
        }
        return $"killed {ids[0]} and {(atOnce ? "at once" : "then")} {ids[1]}";
    }

    private static async Task ReplacedAsync(ChaosBank bank, int broker)
    {
        await Tests.Servers.Eventually.BecomesTrue(
            () => Task.FromResult(bank.DoesWithout(broker)), "each partition has another leader", ReplacedWithin);
        await LastAsync(CopiesFollow, CancellationToken.None);
    }
}
