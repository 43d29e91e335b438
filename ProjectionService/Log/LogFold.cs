using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Log;

/// <summary>The log does not have the records that a position in Redis stands behind.</summary>
public sealed class LogMismatchException(string message) : Exception(message);

/// <summary>The log holds a record of a format that this build does not know.</summary>
public sealed class NewerFormatException(string message) : Exception(message);

/// <summary>Folds a partition from offset 0 in memory, up to exactly the positions that it is given.</summary>
public sealed class LogFold(int partition, ILogCursor cursor)
{
    private LogEntry? ahead;

    /// <summary>The ledger so far. All of its state is in memory.</summary>
    public PartitionLedger Ledger { get; } = PartitionLedger.StartInMemory(partition);

    /// <summary>Whether the fold stands before a position.</summary>
    public bool IsBefore(long position) => Ledger.Head.Position < position;

    /// <summary>Folds some records, none at or behind a position, and returns what they changed.</summary>
    /// <param name="position">Where it ends at the latest.</param>
    /// <param name="maxSteps">After how many decisions it ends; the last record may lead to some more.</param>
    /// <param name="cancellation">Ends the wait for a record.</param>
    /// <param name="answersFrom">The first offset whose answers are noted among the changes.</param>
    /// <exception cref="LogMismatchException">No record stands right before the position.</exception>
    /// <exception cref="NewerFormatException">A record cannot be folded by this build.</exception>
    /// <exception cref="LogSilentException">The log gave no record in time.</exception>
    public Changes Next(long position, int maxSteps, CancellationToken cancellation, long answersFrom = 0)
    {
        Ledger.Batch++;
        var changes = new Changes { AnswersFrom = answersFrom };
        var steps = 0;
        while (steps < maxSteps && IsBefore(position))
        {
            var entry = ahead ?? cursor.Read(cancellation);
            ahead = null;
            if (entry.Offset >= position)
            {
                ahead = entry;
                return steps > 0 ? changes : throw new LogMismatchException(
                    $"the log goes on from {Ledger.Head.Position} with offset {entry.Offset}");
            }
            var record = Ledger.Read(entry);
            if (record.IsOfNewerFormat)
            {
                throw new NewerFormatException(
                    $"Partition {partition}: the record at offset {entry.Offset} is of a newer format.");
            }
            Ledger.Apply(record, changes);
            steps += record.Steps;
        }
        return changes;
    }
}
