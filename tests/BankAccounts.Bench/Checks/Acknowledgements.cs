namespace BankAccounts.Bench.Checks;

/// <summary>
/// The places in the log of all commands that were acknowledged. Two commands in one place would be one of them
/// lost: nothing here is sent twice.
/// </summary>
public sealed class Acknowledgements
{
    private readonly Lock[] locks;
    private readonly ulong[][] taken;
    private readonly long[] counts;
    private readonly long[] highest;
    private long doubled;

    public Acknowledgements(int partitions)
    {
        locks = [.. Enumerable.Range(0, partitions).Select(_ => new Lock())];
        taken = [.. locks.Select(_ => new ulong[1_024])];
        counts = new long[partitions];
        highest = [.. Enumerable.Repeat(-1L, partitions)];
    }

    /// <summary>How many were acknowledged.</summary>
    public long Count => counts.Sum();

    /// <summary>How many of them were acknowledged with the place of another one.</summary>
    public long Doubled => Interlocked.Read(ref doubled);

    /// <summary>The highest offset that was acknowledged, by partition; −1 for none.</summary>
    public IReadOnlyList<long> Highest => highest;

    /// <summary>A command was acknowledged.</summary>
    public void Add(int partition, long offset)
    {
        lock (locks[partition])
        {
            var word = offset >> 6;
            if (word >= taken[partition].Length)
            {
                Array.Resize(ref taken[partition], (int)Math.Max(word + 1, taken[partition].Length * 2L));
            }
            var bit = 1UL << (int)(offset & 63);
            if ((taken[partition][word] & bit) != 0)
            {
                Interlocked.Increment(ref doubled);
            }
            taken[partition][word] |= bit;
            counts[partition]++;
            highest[partition] = Math.Max(highest[partition], offset);
        }
    }
}
