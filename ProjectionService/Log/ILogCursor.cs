using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Log;

/// <summary>Reads one partition of the log from offset 0, once, in order.</summary>
public interface ILogCursor : IDisposable
{
    /// <summary>The next record; it waits for it, within a bound.</summary>
    /// <exception cref="LogSilentException">None came in time.</exception>
    /// <exception cref="LogMismatchException">The log ends, or starts behind it.</exception>
    LogEntry Read(CancellationToken cancellation);
}

/// <summary>The log did not give its next record in time: Kafka is away.</summary>
public sealed class LogSilentException(string message) : Exception(message);
