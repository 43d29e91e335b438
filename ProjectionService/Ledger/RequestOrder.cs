namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// The remembered requests of a partition in the order of remembering, numbered [first, next). Only
/// some of the oldest are in memory; they are what is forgotten next.
/// </summary>
public sealed class RequestOrder(long first, long next, int capacity = int.MaxValue)
{
    private readonly Queue<RequestAge> oldest = new();

    /// <summary>The number of the oldest remembered request.</summary>
    public long First { get; private set; } = first;

    /// <summary>The number that the next one gets.</summary>
    public long Next { get; private set; } = next;

    /// <summary>How many requests are remembered.</summary>
    public long Count => Next - First;

    /// <summary>The number behind the last one in memory.</summary>
    public long LoadedEnd => First + oldest.Count;

    /// <summary>The oldest remembered request. It must be in memory.</summary>
    public RequestAge Oldest => oldest.Peek();

    /// <summary>Whether fewer of the oldest than asked for are in memory, though there are more.</summary>
    public bool Lacks(int count) => oldest.Count < Math.Min(count, Count);

    /// <summary>Takes in what the store holds from <see cref="LoadedEnd"/> on.</summary>
    public void Load(IEnumerable<RequestAge> ages)
    {
        foreach (var age in ages)
        {
            oldest.Enqueue(age);
        }
    }

    /// <summary>Adds the newest.</summary>
    public void Append(RequestAge age)
    {
        if (LoadedEnd == Next && oldest.Count < capacity)
        {
            oldest.Enqueue(age);
        }
        Next++;
    }

    /// <summary>Removes the oldest.</summary>
    public RequestAge RemoveOldest()
    {
        First++;
        return oldest.Dequeue();
    }
}
