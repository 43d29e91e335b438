namespace BankAccounts.Chaos;

/// <summary>What faults act on, and what they count.</summary>
internal sealed record World(ChaosBank Bank, Population Population, EventLog Log, ForeignProducer Foreign)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public Tally Tally { get; } = new();

    /// <summary>Waits until callers have opened an account; false if the run is over.</summary>
    public async Task<bool> HasAccountsAsync(CancellationToken hurry)
    {
        while (Population.Count == 0 && !hurry.IsCancellationRequested)
        {
            await Task.Delay(Look, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return !hurry.IsCancellationRequested;
    }
}

/// <summary>What was done to the bank, in numbers.</summary>
internal sealed class Tally
{
    private int kills;
    private int pauses;
    private int zombieCommits;
    private int bittenPauses;
    private int redisLosses;
    private int brokerLosses;

    public int Kills => kills;

    public int Pauses => pauses;

    public int ZombieCommits => zombieCommits;

    /// <summary>Pauses after which a commit was refused: the others found nothing to commit.</summary>
    public int BittenPauses => bittenPauses;

    public int RedisLosses => redisLosses;

    public int BrokerLosses => brokerLosses;

    public void Killed() => Interlocked.Increment(ref kills);

    public void Paused(int refusedCommits)
    {
        Interlocked.Increment(ref pauses);
        Interlocked.Add(ref zombieCommits, refusedCommits);
        Interlocked.Add(ref bittenPauses, refusedCommits > 0 ? 1 : 0);
    }

    public void LostRedis() => Interlocked.Increment(ref redisLosses);

    public void LostBroker() => Interlocked.Increment(ref brokerLosses);
}
