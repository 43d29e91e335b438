namespace BankAccounts.CommandService.Log;

/// <summary>
/// The numbers that one process gives to its records of one partition, from 1. The newest and the
/// oldest whose sending is not resolved stay nearer together than the window in which the fold tells
/// redeliveries from late first arrivals. Not thread-safe: numbering and handing over to the client
/// library happen under one lock.
/// </summary>
public sealed class SequenceWindow
{
    /// <summary>The bound on newest − oldest unresolved.</summary>
    public const int Size = 1024;

    private readonly bool[] resolved = new bool[Size];
    private long oldestUnresolved = 1;
    private long next = 1;

    /// <summary>Whether the sending of every number is over.</summary>
    public bool IsResolved => oldestUnresolved == next;

    /// <summary>Gives the next number; false if the oldest unresolved is too far behind.</summary>
    public bool TryTake(out long sequence)
    {
        sequence = next;
        if (next - oldestUnresolved >= Size)
        {
            return false;
        }
        resolved[next % Size] = false;
        next++;
        return true;
    }

    /// <summary>The sending of a number is over: acknowledged, or given up for ever.</summary>
    public void Resolve(long sequence)
    {
        resolved[sequence % Size] = true;
        while (oldestUnresolved < next && resolved[oldestUnresolved % Size])
        {
            oldestUnresolved++;
        }
    }
}
