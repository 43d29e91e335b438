using System.Diagnostics;
using BankAccounts.Store.V1;

namespace BankAccounts.CommandService.Log;

/// <summary>How it went with a command, as far as this process can know.</summary>
public enum AppendResult
{
    /// <summary>The ledger decided; the decision is there.</summary>
    Decided,

    /// <summary>It was never written, and never will be.</summary>
    NotAppended,

    /// <summary>It may have been written, and may take effect.</summary>
    Unknown,
}

/// <summary>What became of a command.</summary>
public readonly record struct CommandOutcome(AppendResult Result, StoredDecision? Decision);

/// <summary>A command that was handed over and waits for its decision.</summary>
public sealed class PendingCommand(int partition, long sequence)
{
    private const long NotStored = -1;

    private readonly TaskCompletionSource<CommandOutcome> outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly long since = Stopwatch.GetTimestamp();
    private long offset = NotStored;

    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>Its number among this process' records of the partition.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>Where Kafka stored it, if it said so already.</summary>
    public long? Offset => Volatile.Read(ref offset) is var stored and not NotStored ? stored : null;

    /// <summary>How long it has been waiting.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(since);

    /// <summary>Completes with what became of it.</summary>
    public Task<CommandOutcome> Outcome => outcome.Task;

    /// <summary>The decision so far, for a transfer that is pending.</summary>
    public StoredDecision? Interim { get; private set; }

    /// <summary>Its transfer is debited and not settled yet.</summary>
    public void IsPending(StoredDecision decision) => Interim = decision;

    /// <summary>Kafka stored it.</summary>
    public void StoredAt(long storedOffset) => Volatile.Write(ref offset, storedOffset);

    /// <summary>It is known what became of it.</summary>
    public void Complete(CommandOutcome known) => outcome.TrySetResult(known);
}
