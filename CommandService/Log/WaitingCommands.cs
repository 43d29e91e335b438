using System.Diagnostics;
using BankAccounts.Store.V1;

namespace BankAccounts.CommandService.Log;

/// <summary>
/// The commands of one partition that wait: for their decision, or only to be stored. A partition decides in the order
/// of its offsets and tells in that order, so it is known without a look at each which ones were told in vain.
/// </summary>
public sealed class WaitingCommands
{
    private const long Nowhere = -1;

    private readonly Lock gate = new();
    private readonly Dictionary<long, PendingCommand> bySequence = [];

    /// <summary>Those that wait for a decision, in the order in which they were handed over.</summary>
    private readonly LinkedList<PendingCommand> undecided = new();

    /// <summary>Those whose transfer is pending. In front is who was not asked about for the longest time.</summary>
    private readonly LinkedList<PendingCommand> unsettled = new();

    private long heardOffset = Nowhere;
    private long heardAt = Stopwatch.GetTimestamp();

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return bySequence.Count;
            }
        }
    }

    /// <summary>A command waits from now on.</summary>
    public void Add(PendingCommand command)
    {
        lock (gate)
        {
            bySequence.Add(command.Sequence, command);
            if (command.WaitsForDecision)
            {
                undecided.AddLast(command.Place);
            }
        }
    }

    /// <summary>The command with this number, if it waits.</summary>
    public PendingCommand? Find(long sequence)
    {
        lock (gate)
        {
            return bySequence.GetValueOrDefault(sequence);
        }
    }

    /// <summary>A command waits no longer; null if it did not. Whoever removes it tells it what became of it.</summary>
    public PendingCommand? Remove(long sequence)
    {
        lock (gate)
        {
            if (!bySequence.Remove(sequence, out var command))
            {
                return null;
            }
            command.Place.List?.Remove(command.Place);
            return command;
        }
    }

    /// <summary>The transfer of a command is debited and not settled yet: its final decision is waited for.</summary>
    public void IsPending(long sequence, StoredDecision interim)
    {
        lock (gate)
        {
            if (!bySequence.TryGetValue(sequence, out var command))
            {
                return;
            }
            command.IsPending(interim);
            if (command.Place.List == undecided)
            {
                undecided.Remove(command.Place);
                Append(command);
            }
        }
    }

    /// <summary>What stands at this offset was told, and so was what stands before it.</summary>
    public void IsToldUpTo(long offset)
    {
        lock (gate)
        {
            if (offset > heardOffset)
            {
                (heardOffset, heardAt) = (offset, Stopwatch.GetTimestamp());
            }
        }
    }

    /// <summary>The commands that wait, as they are now.</summary>
    public PendingCommand[] ToArray()
    {
        lock (gate)
        {
            return [.. bySequence.Values];
        }
    }

    /// <summary>
    /// Commands of this age that are stored and were told in vain: something behind them was heard of. If nothing new
    /// was for as long, the partition is slow, or is not heard: then the first alone, which tells the two apart.
    /// </summary>
    public List<PendingCommand> FindUntold(TimeSpan age, int max)
    {
        lock (gate)
        {
            var untold = FindStored(age, below: heardOffset, max);
            return untold.Count == 0 && Stopwatch.GetElapsedTime(heardAt) > age
                ? FindStored(age, below: long.MaxValue, max: 1)
                : untold;
        }
    }

    /// <summary>The first commands of this age that are stored, whatever was heard of their partition.</summary>
    public List<PendingCommand> FindStored(TimeSpan age, int max)
    {
        lock (gate)
        {
            return FindStored(age, below: long.MaxValue, max);
        }
    }

    /// <summary>
    /// Commands whose transfer is pending and was not asked about for so long. They count as asked about now.
    /// </summary>
    public List<PendingCommand> TakeUnsettled(TimeSpan age, int max)
    {
        lock (gate)
        {
            List<PendingCommand> due = [];
            while (due.Count < max && unsettled.First?.Value is { } command
                && Stopwatch.GetElapsedTime(command.AskedAt) > age)
            {
                unsettled.RemoveFirst();
                Append(command);
                due.Add(command);
            }
            return due;
        }
    }

    /// <summary>
    /// The walk ends at the first one that is too young or stands too far behind. Those on the way that are not stored
    /// are fewer than the window. A resend can put two commands the other way round: then the first one is found as
    /// soon as the partition has come to the second.
    /// </summary>
    private List<PendingCommand> FindStored(TimeSpan age, long below, int max)
    {
        List<PendingCommand> found = [];
        for (var place = undecided.First; place is not null && found.Count < max; place = place.Next)
        {
            if (place.Value.Age <= age || place.Value.Offset >= below)
            {
                break;
            }
            if (place.Value.Offset is not null)
            {
                found.Add(place.Value);
            }
        }
        return found;
    }

    private void Append(PendingCommand command)
    {
        command.AskedAt = Stopwatch.GetTimestamp();
        unsettled.AddLast(command.Place);
    }
}
