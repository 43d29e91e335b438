namespace BankAccounts.ProjectionService.Transfers;

/// <summary>Counts failures that may come by the thousand, so that they are told at most once in an interval.</summary>
public sealed class FailureTally(TimeSpan interval, TimeProvider clock)
{
    private readonly Lock entry = new();
    private long? toldAt;
    private int untold;

    /// <summary>One more. Returns how many there are to tell of, if it is time to; 0 otherwise.</summary>
    public int Add()
    {
        lock (entry)
        {
            untold++;
            if (toldAt is { } last && clock.GetElapsedTime(last) < interval)
            {
                return 0;
            }
            toldAt = clock.GetTimestamp();
            var count = untold;
            untold = 0;
            return count;
        }
    }
}
