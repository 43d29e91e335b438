using System.Diagnostics;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>Progress is told now and then, not with every step.</summary>
public sealed class ProgressPace
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private long? lastAt;

    /// <summary>Whether it is time again; if so, it counts as done. The first time it is.</summary>
    public bool IsDue()
    {
        if (lastAt is { } last && Stopwatch.GetElapsedTime(last) < Interval)
        {
            return false;
        }
        lastAt = Stopwatch.GetTimestamp();
        return true;
    }
}
