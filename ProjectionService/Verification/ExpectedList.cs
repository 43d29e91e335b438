namespace BankAccounts.ProjectionService.Verification;

/// <summary>A list of Redis in memory: it grows at its end and is cut at its beginning.</summary>
public sealed class ExpectedList
{
    private const int FewestDroppedAtOnce = 1_024;

    private readonly List<byte[]> items = [];
    private int first;

    /// <summary>How many entries there are.</summary>
    public int Count => items.Count - first;

    /// <summary>An entry, from 0.</summary>
    public byte[] this[int index] => items[first + index];

    /// <summary>Adds an entry at the end.</summary>
    public void Push(byte[] item) => items.Add(item);

    /// <summary>Removes the first entries, as many as there are.</summary>
    public void Pop(int count)
    {
        first += Math.Min(count, Count);
        // Only now and then: removing at the beginning moves everything behind it.
        if (first >= FewestDroppedAtOnce && first > items.Count / 2)
        {
            items.RemoveRange(0, first);
            first = 0;
        }
    }
}
