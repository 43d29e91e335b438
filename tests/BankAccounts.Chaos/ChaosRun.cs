using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>How a run ended.</summary>
/// <param name="IsRight">Whether every invariant held.</param>
/// <param name="Report">What the checker said.</param>
/// <param name="Tally">What was done to the bank.</param>
/// <param name="Injected">How often each fault was brought about.</param>
/// <param name="FailedFaults">How many could not be brought about, or healed.</param>
/// <param name="Commands">How many commands were invoked.</param>
internal sealed record ChaosResult(
    bool IsRight, string Report, Tally Tally, IReadOnlyDictionary<string, int> Injected, int FailedFaults,
    long Commands);

/// <summary>One run: a bank of its own, clients, faults, healing, and the check of all that was written down.</summary>
internal sealed class ChaosRun(string folder, int seed, Action<string> say)
{
    private const int UnaryClients = 6;
    private const int StreamClients = 2;

    private static readonly TimeSpan UnaryPause = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan StreamPause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LoadAfterwards = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan DumpWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CheckWithin = TimeSpan.FromMinutes(30);

    /// <summary>Runs; the schedule lets things go wrong until it completes, with all of it healed.</summary>
    /// <param name="schedule">What goes wrong, and when.</param>
    /// <param name="interruption">Ends the run at once, without a verdict; nothing of it is left running.</param>
    public async Task<ChaosResult> RunAsync(Func<Nemesis, Task> schedule, CancellationToken interruption = default)
    {
        say("Starting the bank");
        // It outlives the bank, which tells it of halts until it has ended.
        using var log = new EventLog(Path.Combine(folder, "events.jsonl"));
        await using var bank = await ChaosBank.StartAsync(folder);
        return await RunAsync(bank, log, schedule).WaitAsync(interruption);
    }

    private async Task<ChaosResult> RunAsync(ChaosBank bank, EventLog log, Func<Nemesis, Task> schedule)
    {
        bank.Logs.Printed += new Halts(log).Read;
        log.Note(new { Event = "bank", ChaosBank.Partitions, ChaosBank.Brokers, Seed = seed, bank.IsKafka09 });
        var world = new World(bank, new Population(), log, new ForeignProducer(bank));
        var nemesis = new Nemesis(world, say);
        var healing = new Healing(world, say);
        await DisturbAsync(world, healing, () => schedule(nemesis));
        if (await healing.SettleAsync())
        {
            await healing.AskAsync();
            await healing.RebuildAsync();
        }
        return await CheckAsync(world, nemesis);
    }

    private async Task DisturbAsync(World world, Healing healing, Func<Task> schedule)
    {
        using var stop = new CancellationTokenSource();
        var work = Clients(world, stop.Token)
            .Append(new Standings(world.Bank.Redis, world.Log).WatchAsync(stop.Token))
            .Append(new MemoryWatch(world.Bank, world.Log).WatchAsync(stop.Token))
            .ToList();
        try
        {
            say("Load and faults");
            await schedule();
            await healing.HealAsync();
            await Task.WhenAny(Task.WhenAny(work), Task.Delay(LoadAfterwards));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(work);
        }
    }

    private IEnumerable<Task> Clients(World world, CancellationToken stop)
    {
        for (var number = 0; number < UnaryClients; number++)
        {
            var client = new UnaryClient(
                number, world.Bank.CommandAddress, world.Bank.QueryAddress, world.Population, world.Log,
                unchecked((seed * 31) + number));
            yield return client.RunAsync(UnaryPause, stop);
        }
        for (var number = UnaryClients; number < UnaryClients + StreamClients; number++)
        {
            var client = new StreamClient(
                number, world.Bank.CommandAddress, world.Population, world.Log, unchecked((seed * 31) + number));
            yield return client.RunAsync(StreamPause, stop);
        }
    }

    private async Task<ChaosResult> CheckAsync(World world, Nemesis nemesis)
    {
        say("Reading the log and Redis");
        var (dumped, problems) = await Python.RunAsync(
            DumpWithin,
            [
                "dump.py", folder, world.Bank.KafkaAddress, world.Bank.Redis.Address,
                ChaosBank.Partitions.ToString(CultureInfo.InvariantCulture),
                .. world.Bank.IsKafka09 ? (string[])["--kafka09"] : [],
            ]);
        if (dumped != 0)
        {
            throw new ChaosException($"The log and Redis could not be read.\n{problems}");
        }
        say("Checking");
        var (verdict, report) = await Python.RunAsync(CheckWithin, "check.py", folder);
        return new ChaosResult(
            verdict == 0, report, world.Tally, nemesis.Injected, nemesis.Failed, world.Log.Operations);
    }
}
