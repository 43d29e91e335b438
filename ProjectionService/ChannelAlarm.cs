using System.Globalization;
using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService;

/// <summary>
/// Is loud about halted channels: each halt is one line of the log, and the health check fails until an
/// operator has released it.
/// </summary>
public sealed partial class ChannelAlarm(int partition, ILogger logger)
{
    private HashSet<(int Source, long HaltedBy)> known = [];
    private volatile string? why;
    private volatile int count;

    /// <summary>How many channels towards the partition are halted.</summary>
    public int Count => count;

    /// <summary>Which channels are halted, a sentence for each; null if none is.</summary>
    public string? Why => why;

    /// <summary>Looks at the channels towards the partition as they are now.</summary>
    public void Look(IEnumerable<IncomingChannel> channels)
    {
        var halted = channels
            .Where(channel => channel.HaltedBy is not null)
            .Select(channel => (channel.Source, HaltedBy: channel.HaltedBy!.Value))
            .ToHashSet();
        if (halted.SetEquals(known))
        {
            return;
        }
        foreach (var (source, haltedBy) in halted.Except(known))
        {
            LogHalted(source, partition, haltedBy);
        }
        foreach (var (source, haltedBy) in known.Except(halted))
        {
            LogReleased(source, partition, haltedBy);
        }
        known = halted;
        count = halted.Count;
        why = halted.Count == 0 ? null : string.Join(' ', halted.Order().Select(halt => string.Create(
            CultureInfo.InvariantCulture,
            $"The channel from partition {halt.Source} to {partition} is halted by the record at {halt.HaltedBy}.")));
    }

    [LoggerMessage(EventId = 2105, Level = LogLevel.Critical,
        Message = "The channel from partition {Source} to {Partition} is halted: the credit at offset {Offset} does not"
            + " fit what it took before. No transfer moves on it until an operator has looked (docs/LEDGER.md).")]
    private partial void LogHalted(int source, int partition, long offset);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning,
        Message = "The channel from partition {Source} to {Partition}, halted at offset {Offset}, goes on.")]
    private partial void LogReleased(int source, int partition, long offset);
}
