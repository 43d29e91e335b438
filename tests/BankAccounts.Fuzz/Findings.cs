using System.Collections.Concurrent;

namespace BankAccounts.Fuzz;

/// <summary>What must not be: each with the case that brought it about. Bounded, and counted beyond that.</summary>
internal sealed class Findings
{
    private const int Kept = 200;

    private readonly ConcurrentQueue<string> kept = new();
    private long count;

    /// <summary>How many there were.</summary>
    public long Count => Volatile.Read(ref count);

    /// <summary>The first of them.</summary>
    public IReadOnlyCollection<string> First => kept;

    public void Add(string finding)
    {
        if (Interlocked.Increment(ref count) <= Kept)
        {
            kept.Enqueue(finding);
        }
    }
}
