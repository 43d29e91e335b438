namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// The appending processes of a partition in the order in which they were last seen, by stream time
/// and then by id. There is one for each start of a CommandService, so all of it is in memory.
/// </summary>
public sealed class ProducerOrder(IEnumerable<(long LastSeenMs, Guid Producer)> seen)
{
    private readonly SortedSet<(long LastSeenMs, Guid Producer)> order = [.. seen];

    /// <summary>How many processes are remembered.</summary>
    public int Count => order.Count;

    /// <summary>When the one that was quiet for longest was last seen. There must be one.</summary>
    public long OldestSeenMs => order.Min.LastSeenMs;

    /// <summary>Notes that a process was seen.</summary>
    public void Move(Guid producer, long? beforeMs, long nowMs)
    {
        if (beforeMs == nowMs)
        {
            return;
        }
        if (beforeMs is { } before)
        {
            order.Remove((before, producer));
        }
        order.Add((nowMs, producer));
    }

    /// <summary>Removes the one that was quiet for longest.</summary>
    public Guid RemoveOldest()
    {
        var oldest = order.Min;
        order.Remove(oldest);
        return oldest.Producer;
    }
}
