namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// Where the fold of a partition stands, and what is known of the whole of it.
/// </summary>
/// <param name="Position">The next offset: every record below it is folded.</param>
/// <param name="LogDigest">The chain over the records below the position.</param>
/// <param name="DecisionDigest">The chain over what became of them.</param>
/// <param name="StreamTimeMs">The time that the fold knows, Unix milliseconds; 0 before any record.</param>
/// <remarks>A value: the ledger changes its own in place, and gives copies to all others.</remarks>
public record struct PartitionHead(
    long Position, byte[] LogDigest, byte[] DecisionDigest, long StreamTimeMs)
{
    /// <summary>The longest step forward of the stream time by one record.</summary>
    public const long MaxStreamTimeStepMs = 10_000;

    /// <summary>The offset of the last record that was folded; −1 if none was.</summary>
    public long LastOffset { get; set; } = -1;

    /// <summary>The chain over the records before that one.</summary>
    public byte[] PreviousDigest { get; set; } = Digests.Empty();

    /// <summary>Commands accepted.</summary>
    public long Accepted { get; set; }

    /// <summary>Commands refused.</summary>
    public long Rejected { get; set; }

    /// <summary>Commands answered with the decision on an earlier one of the same request id.</summary>
    public long Repeated { get; set; }

    /// <summary>Records that count for nothing.</summary>
    public long Voids { get; set; }

    /// <summary>Accounts opened.</summary>
    public long Accounts { get; set; }

    /// <summary>Transfers that were credited here.</summary>
    public long Credited { get; set; }

    /// <summary>Transfers that were refused here as their destination.</summary>
    public long Refused { get; set; }

    /// <summary>Transfers sent from here that became final.</summary>
    public long Settled { get; set; }

    /// <summary>A partition of which nothing was read.</summary>
    public static PartitionHead Start() => new(0, Digests.Empty(), Digests.Empty(), 0);

    /// <summary>
    /// Whether a record is the last one that was folded: same offset, and the chain over it is the one
    /// that is known. If not, the log was truncated, recreated or is another one.
    /// </summary>
    public readonly bool EndsWith(in LogEntry entry) =>
        entry.Offset == LastOffset
        && Digests.AddRecord(PreviousDigest, entry).AsSpan().SequenceEqual(LogDigest);

    /// <summary>The head behind one more record.</summary>
    public readonly PartitionHead After(in LogEntry entry)
    {
        var after = this;
        after.Advance(entry);
        return after;
    }

    /// <summary>Goes behind one more record.</summary>
    public void Advance(in LogEntry entry)
    {
        PreviousDigest = LogDigest;
        LogDigest = Digests.AddRecord(LogDigest, entry);
        LastOffset = entry.Offset;
        Position = entry.Offset + 1;
    }

    /// <summary>
    /// Stream time after a record: towards its time, never back, and forward by at most 10 s, so that
    /// one wrong clock cannot make the bank forget. The first record sets it.
    /// </summary>
    public readonly long StreamTimeAfter(long recordedAtMs) => StreamTimeMs == 0
        ? recordedAtMs
        : Math.Clamp(recordedAtMs, StreamTimeMs, StreamTimeMs + MaxStreamTimeStepMs);
}
