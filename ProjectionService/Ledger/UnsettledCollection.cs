using System.Collections;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>The transfers of one channel that are not settled, in the order of their numbers.</summary>
/// <remarks>
/// Numbers are given one after the other and settled nearly so. The lowest is therefore found by counting up from
/// where it was, and what is sent next by counting on: no tree has to keep an order that the numbers have anyway.
/// </remarks>
public sealed class UnsettledCollection : IReadOnlyCollection<UnsettledTransfer>
{
    private readonly Dictionary<long, UnsettledTransfer> transfers = [];

    /// <inheritdoc/>
    public int Count => transfers.Count;

    /// <summary>The lowest number of them; of no meaning while there is none.</summary>
    public long Lowest { get; private set; }

    /// <summary>The highest number that there ever was; 0 before the first.</summary>
    public long Highest { get; private set; }

    /// <summary>The transfer of a number; null if it is not among them.</summary>
    public UnsettledTransfer? Find(long number) => transfers.GetValueOrDefault(number);

    /// <summary>Takes in a transfer, in whichever order.</summary>
    public void Add(UnsettledTransfer transfer)
    {
        var number = transfer.Sequence;
        Lowest = Count == 0 ? number : Math.Min(Lowest, number);
        Highest = Math.Max(Highest, number);
        transfers[number] = transfer;
    }

    /// <summary>Removes a transfer; nothing happens if it is not among them.</summary>
    public void Remove(long number)
    {
        transfers.Remove(number);
        while (Count > 0 && !transfers.ContainsKey(Lowest))
        {
            Lowest++;
        }
    }

    /// <summary>Those from one number to another, in order.</summary>
    public IEnumerable<UnsettledTransfer> Between(long first, long last)
    {
        for (var number = Math.Max(first, Lowest); number <= Math.Min(last, Highest); number++)
        {
            if (Find(number) is { } transfer)
            {
                yield return transfer;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<UnsettledTransfer> GetEnumerator() => Between(Lowest, Highest).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
