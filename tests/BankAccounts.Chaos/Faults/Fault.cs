namespace BankAccounts.Chaos;

/// <summary>
/// One way in which things go wrong: it is brought about, lasts for a while, and is over when the task completes,
/// whatever happened meanwhile.
/// </summary>
internal abstract class Fault
{
    /// <summary>Its name, for --only and for the report.</summary>
    public abstract string Name { get; }

    /// <summary>Whether Redis may lose what it held, so that positions may go back.</summary>
    public virtual bool LosesRedis => false;

    /// <summary>The program that it takes beside those of the bank; null if none.</summary>
    public virtual string? Tool => null;

    /// <summary>Why it is not drawn against such a bank unless it is asked for by name; null if it is.</summary>
    public virtual string? WhyNot(ChaosBank bank) => null;

    /// <summary>Brings it about and heals it. The result says what was done.</summary>
    /// <param name="world">What there is to disturb.</param>
    /// <param name="random">The seed's word on what and for how long.</param>
    /// <param name="hurry">Is cancelled when the run ends: then it heals at once.</param>
    public abstract Task<string> RunAsync(World world, Random random, CancellationToken hurry);

    /// <summary>Lasts for a while.</summary>
    protected static async Task LastAsync(TimeSpan time, CancellationToken hurry) =>
        await Task.Delay(time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    protected static TimeSpan Seconds(Random random, double least, double most) =>
        TimeSpan.FromSeconds(least + ((most - least) * random.NextDouble()));

    protected static T Any<T>(IReadOnlyList<T> all, Random random) => all[random.Next(all.Count)];
}
