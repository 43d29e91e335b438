using System.Diagnostics;

namespace BankAccounts.ProjectionService.Log;

/// <summary>
/// When a process that is halted at a record of a newer format leaves the consumer group: at once, so
/// that a newer build can take the partition, and again with growing pauses while it gets the partition
/// back. In between it stays, because its other partitions go on.
/// </summary>
public sealed class GroupLeave(TimeSpan first, TimeSpan longest)
{
    private static readonly TimeSpan SecondInterval = TimeSpan.FromSeconds(15);

    private readonly Stopwatch sinceLast = Stopwatch.StartNew();
    private TimeSpan interval = first;

    /// <summary>Whether to leave now. To be asked all the time.</summary>
    public bool IsDue(bool needsNewerBuild)
    {
        if (!needsNewerBuild || sinceLast.Elapsed < interval)
        {
            return false;
        }
        sinceLast.Restart();
        var doubled = interval * 2;
        interval = doubled < SecondInterval ? SecondInterval : doubled < longest ? doubled : longest;
        return true;
    }
}
