using System.Collections.Concurrent;

namespace BankAccounts.Load;

/// <summary>What became of a load.</summary>
public sealed class LoadReport
{
    private readonly ConcurrentDictionary<string, int> outcomes = new();
    private readonly ConcurrentBag<double> latenciesMs = [];
    private int retries;

    /// <summary>The accounts that took part.</summary>
    public required IReadOnlyList<string> Accounts { get; init; }

    /// <summary>How many commands ended in each way: OK, a reason, or GAVE_UP.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => outcomes;

    /// <summary>How many calls were made again because their outcome was not known.</summary>
    public int Retries => retries;

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; internal set; }

    /// <summary>The latency below which so much of the commands stayed, 0 … 1, in milliseconds.</summary>
    public double LatencyMs(double part)
    {
        var sorted = latenciesMs.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[(int)Math.Min(sorted.Count - 1, part * sorted.Count)];
    }

    internal void Count(string outcome, TimeSpan latency)
    {
        outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
        latenciesMs.Add(latency.TotalMilliseconds);
    }

    internal void CountRetry() => Interlocked.Increment(ref retries);
}
