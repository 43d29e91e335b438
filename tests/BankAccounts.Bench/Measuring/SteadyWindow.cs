namespace BankAccounts.Bench.Measuring;

/// <summary>
/// The part of a run that counts, where much is under way at once: it begins when as many answers have come as fit
/// under way, for until then the pipes are only being filled, and lasts as long as was asked for.
/// </summary>
public sealed class SteadyWindow(long underWay, TimeSpan duration)
{
    private readonly Lock counting = new();
    private long answered;
    private long counted;
    private TimeSpan? begun;
    private TimeSpan last;

    /// <summary>Answers a second within the window; 0 if it never began.</summary>
    public double PerSecond => begun is { } since && last > since ? counted / (last - since).TotalSeconds : 0;

    /// <summary>Whether the window is over, or has not begun after ten times its length.</summary>
    public bool IsOver(TimeSpan now)
    {
        lock (counting)
        {
            return begun is { } since ? now - since >= duration : now >= 10 * duration;
        }
    }

    /// <summary>So many answers have come.</summary>
    public void Count(int answers, TimeSpan now)
    {
        lock (counting)
        {
            if (begun is { } since && now - since <= duration)
            {
                counted += answers;
                last = now;
            }
            answered += answers;
            if (begun is null && answered >= underWay)
            {
                (begun, last) = (now, now);
            }
        }
    }
}
