namespace BankAccounts.Bench.Measuring;

/// <summary>
/// The part of a run that counts, where much is under way at once. It begins when as many answers have come as fit
/// under way, for until then the pipes are only being filled, or after twice its length if they come slower than that.
/// </summary>
public sealed class SteadyWindow(long underWay, TimeSpan duration)
{
    private readonly Lock counting = new();
    private long answered;
    private long counted;
    private TimeSpan? begun;

    /// <summary>Answers a second within the window. The run must have lasted until it was over.</summary>
    public double PerSecond => counted / duration.TotalSeconds;

    /// <summary>Whether the window is over, so that no more needs to be sent.</summary>
    public bool IsOver(TimeSpan now)
    {
        lock (counting)
        {
            BeginIfDue(now);
            return begun is { } since && now - since >= duration;
        }
    }

    /// <summary>So many answers have come.</summary>
    public void Count(int answers, TimeSpan now)
    {
        lock (counting)
        {
            BeginIfDue(now);
            counted += begun is { } since && now - since <= duration ? answers : 0;
            answered += answers;
        }
    }

    private void BeginIfDue(TimeSpan now)
    {
        if (begun is null && (answered >= underWay || now >= 2 * duration))
        {
            begun = now;
        }
    }
}
