using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Log;

/// <summary>
/// Whether the log is still the one that was folded. If it was truncated, recreated or exchanged, the
/// partition halts: nothing that Redis holds may be overwritten by what another log says.
/// </summary>
public static class LogContinuity
{
    /// <summary>The log must reach the position that Redis holds, and still have the record before it.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="head">Where Redis stands.</param>
    /// <param name="start">The first offset that the log has.</param>
    /// <param name="end">The offset behind its last record.</param>
    /// <exception cref="HaltException">The log ends before that, or starts behind it.</exception>
    public static void RequireWithin(int partition, PartitionHead head, long start, long end)
    {
        if (head.Position > end)
        {
            throw new HaltException(
                $"Partition {partition} is halted: Redis stands at {head.Position}, but the log ends at {end}. It was"
                + " truncated, recreated, or is another one.",
                needsNewerBuild: false);
        }
        if (Math.Max(head.LastOffset, 0) < start)
        {
            throw new HaltException(
                $"Partition {partition} is halted: Redis stands at {head.Position}, but the log starts at {start}."
                + " Records were lost; the topic must not forget.",
                needsNewerBuild: false);
        }
    }

    /// <summary>The record at the last offset that was folded must be the one that was folded.</summary>
    /// <exception cref="HaltException">It is another one.</exception>
    public static void RequireLast(int partition, PartitionHead head, in LogEntry read)
    {
        if (!head.EndsWith(read))
        {
            throw new HaltException(
                $"Partition {partition} is halted: the record at offset {head.LastOffset} is not the one that was"
                + " folded. The log was truncated, recreated, or is another one.",
                needsNewerBuild: false);
        }
    }
}
