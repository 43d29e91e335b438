namespace BankAccounts.ProjectionService.Log;

/// <summary>What the reader says.</summary>
public sealed partial class LogReader
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Assigned partitions {Partitions}.")]
    private partial void LogAssigned(string partitions);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Revoked partitions {Partitions}.")]
    private partial void LogRevoked(string partitions);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Debug, Message = "Partition {Partition}: reading on at {Offset}.")]
    private partial void LogSeek(int partition, long offset);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Warning,
        Message = "A partition needs a newer build: leaving the consumer group for a while.")]
    private partial void LogLeaving();

    [LoggerMessage(EventId = 2006, Level = LogLevel.Warning,
        Message = "Partition {Partition}: the client went from {Expected} to {Offset}; reading again from the former.")]
    private partial void LogGap(int partition, long expected, long offset);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning,
        Message = "Reading the log failed ({Reason}); trying again.")]
    private partial void LogFailed(string reason);
}
