using System.Numerics;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>Sequences that stand in the log one after the other, from the highest down.</summary>
/// <param name="Sequence">The highest of them.</param>
/// <param name="Offset">Its offset; the others are right before it.</param>
/// <param name="Length">How many they are.</param>
public readonly record struct SequenceRun(long Sequence, long Offset, int Length)
{
    /// <summary>Each of them with its offset, from the highest down.</summary>
    public IEnumerable<(long Sequence, long Offset)> Each()
    {
        for (var back = 0; back < Length; back++)
        {
            yield return (Sequence - back, Offset - back);
        }
    }
}

/// <summary>
/// What was seen of one appending process in this partition: its highest sequence, and the offsets of
/// the last 1,024 sequences. Rule 3 of the fold: a resend by the client library or by a new leader
/// puts the same record into the log twice, and may let a later one overtake. A sequence that was seen
/// is a redelivery; one too old to tell is called one as well; a late first arrival is not.
/// </summary>
public sealed class ProducerWindow
{
    /// <summary>
    /// How far back a sequence is told apart. The appender keeps its newest and its oldest unresolved
    /// sequence nearer together than this.
    /// </summary>
    public const int Size = 1024;

    /// <summary>Stands for "not seen", and for "too old to tell where".</summary>
    public const long NoOffset = -1;

    private const int MinSlots = 16;

    /// <summary>By sequence modulo its length; it grows with the highest sequence, up to the size.</summary>
    private long[] offsets = [];

    /// <summary>The highest sequence seen; 0 if none.</summary>
    public long Highest { get; private set; }

    /// <summary>The stream time at which the process was last seen, in milliseconds.</summary>
    public long LastSeenMs { get; private set; }

    /// <summary>Whether a sequence is a redelivery, and the offset of its first arrival if known.</summary>
    public bool IsRedelivery(long sequence, out long firstOffset)
    {
        firstOffset = NoOffset;
        if (sequence > Highest)
        {
            return false;
        }
        if (sequence <= Highest - Size)
        {
            return true;
        }
        firstOffset = offsets[Slot(sequence)];
        return firstOffset != NoOffset;
    }

    /// <summary>Notes a sequence's first arrival.</summary>
    public void MarkSeen(long sequence, long offset, long streamTimeMs)
    {
        if (sequence > Highest)
        {
            MakeRoomFor(sequence);
            ForgetBetween(Highest, sequence);
            Highest = sequence;
        }
        offsets[Slot(sequence)] = offset;
        LastSeenMs = streamTimeMs;
    }

    /// <summary>The sequences seen within the window, from the highest down.</summary>
    public IEnumerable<SequenceRun> Seen()
    {
        var run = default(SequenceRun);
        for (var sequence = Highest; sequence > Math.Max(0, Highest - Size); sequence--)
        {
            var offset = offsets[Slot(sequence)];
            if (run.Length > 0 && offset != NoOffset && offset == run.Offset - run.Length)
            {
                run = run with { Length = run.Length + 1 };
                continue;
            }
            if (run.Length > 0)
            {
                yield return run;
            }
            run = offset == NoOffset ? default : new SequenceRun(sequence, offset, 1);
        }
        if (run.Length > 0)
        {
            yield return run;
        }
    }

    /// <summary>The sequence modulo the length, which is a power of two.</summary>
    private int Slot(long sequence) => (int)sequence & (offsets.Length - 1);

    private void MakeRoomFor(long sequence)
    {
        if (offsets.Length >= Math.Min(sequence, Size))
        {
            return;
        }
        var seen = Seen().SelectMany(run => run.Each()).ToList();
        var slots = (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(sequence, MinSlots, Size));
        offsets = new long[slots];
        Array.Fill(offsets, NoOffset);
        foreach (var (one, offset) in seen)
        {
            offsets[Slot(one)] = offset;
        }
    }

    private void ForgetBetween(long highest, long sequence)
    {
        var first = Math.Max(highest + 1, sequence - Size + 1);
        for (var skipped = first; skipped < sequence; skipped++)
        {
            offsets[Slot(skipped)] = NoOffset;
        }
    }
}
