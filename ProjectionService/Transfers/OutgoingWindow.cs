using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Transfers;

/// <summary>
/// Which transfers of one channel are to be sent to their destination, and when again. They go out in
/// order, a window of them at a time. Without an answer only the first is sent again, with a pause
/// that doubles: sending all of them again could bury a slow partition for ever. The answer to it says
/// how far the destination is, and from there everything goes on.
/// </summary>
public sealed class OutgoingWindow
{
    /// <summary>The most transfers of a channel that are on their way at once.</summary>
    public const int Window = 1_024;

    /// <summary>The pause before the first is sent again.</summary>
    public const long MinPauseMs = 1_000;

    /// <summary>The longest pause before the first is sent again, while an answer may just have been lost.</summary>
    public const long MaxPauseMs = 5_000;

    /// <summary>How often the first is sent again at that pace; then pauses double again.</summary>
    public const int PatientResends = 12;

    /// <summary>The longest pause of all: the channel is halted, or its destination is away for long.</summary>
    public const long LongestPauseMs = 60_000;

    private readonly UnsettledCollection unsettled = new();
    private long sentThrough;
    private long pauseMs = MinPauseMs;
    private long resendAtMs;
    private int resends;
    private bool isAsking;

    /// <summary>How many transfers are not settled.</summary>
    public int Count => unsettled.Count;

    /// <summary>Every transfer of the channel below this number is settled.</summary>
    public long SettledBelow { get; private set; } = 1;

    /// <summary>Takes in a transfer that was debited.</summary>
    public void Add(UnsettledTransfer transfer)
    {
        unsettled.Add(transfer);
        SettledBelow = unsettled.Lowest;
    }

    /// <summary>
    /// What there is may have been sent by somebody else before: the first goes out alone, and the answer to it says
    /// how far the destination is. A halted channel would void them all, again at each new owner.
    /// </summary>
    public void AskFirst() => sentThrough = unsettled.Highest;

    /// <summary>A transfer became final.</summary>
    public void Settle(long sequence, long nowMs)
    {
        unsettled.Remove(sequence);
        SettledBelow = unsettled.Count > 0 ? unsettled.Lowest : Math.Max(SettledBelow, sequence + 1);
        (pauseMs, resends) = (MinPauseMs, 0);
        resendAtMs = nowMs + pauseMs;
    }

    /// <summary>The destination said which number it took last.</summary>
    public void DestinationTook(long lastSequence)
    {
        if (isAsking)
        {
            // What it took and did not answer is asked for once more; what it did not take goes out again.
            isAsking = false;
            sentThrough = Math.Min(sentThrough, SettledBelow - 1);
            sentThrough = Math.Min(sentThrough, lastSequence);
        }
    }

    /// <summary>The transfers to send now, in order.</summary>
    public IReadOnlyList<UnsettledTransfer> TakeDue(long nowMs)
    {
        if (unsettled.Count == 0)
        {
            return [];
        }
        var first = unsettled.Lowest;
        if (first <= sentThrough && nowMs >= resendAtMs)
        {
            isAsking = true;
            pauseMs = Math.Min(pauseMs * 2, ++resends < PatientResends ? MaxPauseMs : LongestPauseMs);
            resendAtMs = nowMs + pauseMs;
            return [unsettled.Find(first)!];
        }
        var last = Math.Min(unsettled.Highest, first + Window - 1);
        if (isAsking || sentThrough >= last)
        {
            return [];
        }
        var due = unsettled.Between(sentThrough + 1, last).ToList();
        if (due.Count > 0)
        {
            if (first > sentThrough)
            {
                resendAtMs = nowMs + pauseMs;
            }
            sentThrough = due[^1].Sequence;
        }
        return due;
    }
}
