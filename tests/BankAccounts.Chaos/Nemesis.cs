using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>Lets things go wrong, one fault after the other in each lane, as the seed says.</summary>
internal sealed class Nemesis(World world, Action<string> say)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(4);

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, int> injected = new(StringComparer.Ordinal);

    /// <summary>What it disturbs.</summary>
    public ChaosBank Bank => world.Bank;

    /// <summary>How often each fault was brought about.</summary>
    public IReadOnlyDictionary<string, int> Injected => injected;

    /// <summary>How many could not be brought about, or healed.</summary>
    public int Failed { get; private set; }

    /// <summary>
    /// Draws faults until the time is over; then all of them are healed. What could not be brought about or healed is
    /// said and counted: what has become of the bank is for the checker.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<Fault> lane, int seed, CancellationToken end)
    {
        var random = new Random(seed);
        while (lane.Count > 0 && !end.IsCancellationRequested)
        {
            await Task.Delay(MaxPause * random.NextDouble(), end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!end.IsCancellationRequested)
            {
                var fault = lane[random.Next(lane.Count)];
                try
                {
                    await StrikeAsync(fault, new Random(random.Next()), end);
                }
                catch (Exception failure)
                {
                    Fail(fault, failure);
                }
            }
        }
    }

    /// <summary>Brings one fault about, and notes what was done and from when to when.</summary>
    public async Task StrikeAsync(Fault fault, Random random, CancellationToken hurry)
    {
        var began = world.Log.Now;
        var what = await fault.RunAsync(world, random, hurry);
        world.Log.Note(new
        {
            Event = "fault",
            T = began,
            Healed = world.Log.Now,
            fault.Name,
            What = what,
            RedisLoss = fault.LosesRedis,
        });
        lock (gate)
        {
            injected[fault.Name] = injected.GetValueOrDefault(fault.Name) + 1;
        }
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{began / 1e6,8:F1} s … {world.Log.Now / 1e6,8:F1} s  {fault.Name}: {what}"));
    }

    private void Fail(Fault fault, Exception failure)
    {
        lock (gate)
        {
            Failed++;
        }
        say(string.Create(CultureInfo.InvariantCulture, $"{world.Log.Now / 1e6,8:F1} s  {fault.Name} FAILED: {failure}"));
    }
}
