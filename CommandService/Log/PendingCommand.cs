using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Confluent.Kafka;
using Google.Protobuf;

namespace BankAccounts.CommandService.Log;

/// <summary>How it went with a command, as far as this process can know.</summary>
public enum AppendResult
{
    /// <summary>The ledger decided; the decision is there.</summary>
    Decided,

    /// <summary>Kafka stored it, and nobody waits for the decision.</summary>
    Stored,

    /// <summary>It was never written, and never will be.</summary>
    NotAppended,

    /// <summary>It may have been written, and may take effect.</summary>
    Unknown,
}

/// <summary>What became of a command.</summary>
public readonly record struct CommandOutcome(AppendResult Result, StoredDecision? Decision);

/// <summary>
/// A command that is handed over and waits for its decision, or only to be stored. How it is told what
/// became of it is for the derived types to say.
/// </summary>
public abstract class PendingCommand
{
    private const long NotKnown = -1;

    private Appender? appender;
    private long since = Stopwatch.GetTimestamp();
    private long offset = NotKnown;
    private long firstOffset = NotKnown;

    /// <summary>A command that is to be appended.</summary>
    protected PendingCommand(AccountId account, LogRecord record, bool waitsForDecision, string caller)
    {
        (Account, Kind, RequestId) = (account, record.BodyCase, record.RequestId);
        (WaitsForDecision, Caller) = (waitsForDecision, caller);
        Partition = account.Partition;
        Place = new LinkedListNode<PendingCommand>(this);
    }

    /// <summary>The account in whose partition it is decided.</summary>
    public AccountId Account { get; }

    /// <summary>What is asked.</summary>
    public LogRecord.BodyOneofCase Kind { get; }

    /// <summary>The caller's id of the request; empty if none was given.</summary>
    public ByteString RequestId { get; }

    /// <summary>Whether it waits for its decision, and not only to be stored.</summary>
    public bool WaitsForDecision { get; }

    /// <summary>Among whom the room of its partition is shared.</summary>
    public string Caller { get; }

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>Its number among this process' records of the partition, once it has one.</summary>
    public long Sequence { get; private set; }

    /// <summary>
    /// Whether the client library has taken it. Until then it is its appender's to take back.
    /// </summary>
    public bool IsHandedOver { get; private set; }

    /// <summary>
    /// Where its decision is to be found, as far as that is known: where Kafka says that it stored the
    /// record; or, if that is a second copy of it, where the ledger says that the first one stands.
    /// </summary>
    public long? Offset =>
        Volatile.Read(ref firstOffset) is var first and not NotKnown ? first
        : Volatile.Read(ref offset) is var stored and not NotKnown ? stored
        : null;

    /// <summary>How long it has been waiting.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(since);

    /// <summary>How long it may wait before it is given up as unknown.</summary>
    public abstract TimeSpan MaxAge { get; }

    /// <summary>What became of it, once that is told.</summary>
    public CommandOutcome Outcome { get; private set; }

    /// <summary>The decision so far, for a transfer that is pending.</summary>
    public StoredDecision? Interim { get; private set; }

    /// <summary>Its place among those of its partition that wait, for <see cref="WaitingCommands"/>.</summary>
    internal LinkedListNode<PendingCommand> Place { get; }

    /// <summary>When its transfer became pending, or was asked about last, for <see cref="WaitingCommands"/>.</summary>
    internal long AskedAt { get; set; }

    /// <summary>Its transfer is debited and not settled yet.</summary>
    public void IsPending(StoredDecision decision) => Interim = decision;

    /// <summary>Whether it may have a span of its own, if its call is sampled.</summary>
    public virtual bool MayBeTraced => true;

    /// <summary>The span of its sending; null if it is not traced.</summary>
    public Activity? Sending { get; private set; }

    /// <summary>It gets its number; from now on it waits.</summary>
    public void BeginAs(long sequence, Activity? sending, Appender by) =>
        (Sequence, Sending, since, appender) = (sequence, sending, Stopwatch.GetTimestamp(), by);

    /// <summary>The client library has taken it.</summary>
    public void HandedOver() => IsHandedOver = true;

    /// <summary>Kafka reported about it.</summary>
    public void OnReport(DeliveryReport<byte[], byte[]> report) => appender!.OnReport(this, report);

    /// <summary>Kafka stored it.</summary>
    public void StoredAt(long storedOffset) => Volatile.Write(ref offset, storedOffset);

    /// <summary>The ledger has seen a copy of it, and this is where the first one stands.</summary>
    public void StoredFirstAt(long storedOffset) => Volatile.Write(ref firstOffset, storedOffset);

    /// <summary>It is known what became of it. Once.</summary>
    public void Complete(CommandOutcome known)
    {
        Outcome = known;
        OnCompleted();
    }

    /// <summary>Tells whoever waits. It is called by threads that must not be held up.</summary>
    protected abstract void OnCompleted();
}
