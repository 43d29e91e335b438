using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// The ledger of one partition: the state, and the fold that takes it from record to record. It has no
/// clock, no randomness, no I/O and no configuration: the same log gives the same decisions on any
/// machine, for ever. <see cref="Apply"/> is the whole of it, rule by rule; what is particular about
/// transfers stands in the other half of this class.
/// </summary>
/// <remarks>
/// Only a part of the state is in memory. Before a record is applied, its accounts, producer and request must be in
/// the tables, and enough of the oldest requests in the queue.
/// </remarks>
public sealed partial class PartitionLedger
{
    /// <summary>Requests and producers are remembered for at least this long in stream time.</summary>
    public const long RememberedMs = 24 * 60 * 60 * 1000L;

    /// <summary>… and at least this many of the latest are remembered, however old.</summary>
    public const int RememberedCount = 100_000;

    /// <summary>
    /// The most requests that are forgotten before a record, and before each transfer behind the first of a settlement:
    /// each can add at most one.
    /// </summary>
    public const int MaxForgottenPerRecord = 4;

    private readonly int partition;
    private readonly ProducerOrder producerOrder;
    private readonly HistoryLeaves leaves = new();
    private PartitionHead head;

    /// <summary>A ledger that goes on from a state.</summary>
    public PartitionLedger(
        int partition,
        PartitionHead head,
        RequestOrder requestOrder,
        ProducerOrder producerOrder,
        bool isComplete = false)
    {
        this.partition = partition;
        this.producerOrder = producerOrder;
        this.head = head;
        RequestOrder = requestOrder;
        Accounts = new(isComplete);
        Requests = new(isComplete);
        Producers = new(isComplete);
    }

    /// <summary>Where the fold stands.</summary>
    public PartitionHead Head => head;

    /// <summary>The accounts of the partition.</summary>
    public Table<AccountId, Account> Accounts { get; }

    /// <summary>The requests that are remembered, each with the first decision on it.</summary>
    public Table<RequestKey, RememberedRequest> Requests { get; }

    /// <summary>The processes that appended to the partition.</summary>
    public Table<Guid, ProducerWindow> Producers { get; }

    /// <summary>The order in which requests are forgotten.</summary>
    public RequestOrder RequestOrder { get; }

    /// <summary>The number of the batch that is folded; changes are marked with it.</summary>
    public long Batch { get; set; }

    /// <summary>A ledger that has read nothing and holds all of its state in memory.</summary>
    public static PartitionLedger StartInMemory(int partition) =>
        new(partition, PartitionHead.Start(), new(0, 0), new([]), isComplete: true);

    /// <summary>Reads an entry of this partition, before any state is looked at.</summary>
    public LedgerRecord Read(in LogEntry entry) => LedgerRecord.Read(partition, entry);

    /// <summary>Folds the next record in, and notes what it changed.</summary>
    /// <exception cref="InvalidOperationException">
    /// The record is of a newer format, or it is not behind the last one.
    /// </exception>
    public void Apply(LedgerRecord record, Changes changes)
    {
        // Offsets may have gaps: a newer Kafka keeps its own marks in the log.
        if (record.IsOfNewerFormat || record.Entry.Offset < head.Position)
        {
            throw new InvalidOperationException(
                $"Record {record.Entry.Offset} cannot be folded at position {head.Position}.");
        }
        ForgetOldest(changes);
        head.Advance(record.Entry);
        if (!record.IsCommand)
        {
            Void(record, record.VoidReason, ProducerWindow.NoOffset, changes);
        }
        else if (record.IsFollowUp)
        {
            CarryOn(record, changes);
        }
        else if (record.IsChannelRelease)
        {
            Release(record, record.Command.ChannelRelease, changes);
        }
        else
        {
            DecideUnlessSeen(record, changes);
        }
    }

    /// <summary>Rule 3: a record whose sequence was seen before, or is too old to tell, is a redelivery.</summary>
    private void DecideUnlessSeen(LedgerRecord record, Changes changes)
    {
        var window = Producers[record.ProducerId];
        if (window is not null && window.IsRedelivery(record.Command.ProducerSequence, out var firstOffset))
        {
            Void(record, VoidReason.Redelivery, firstOffset, changes);
            return;
        }
        MoveStreamTime(record);
        MarkSeen(record, window, changes);
        Decide(record, changes);
    }

    private void Decide(LedgerRecord record, Changes changes)
    {
        var fingerprint = record.Request is null ? null : Fingerprint.Of(record.Command);

        // Rule 4: a request that is known gets the first decision again, unless it asks for another thing.
        if (record.Request is { } known && Requests[known] is { } remembered)
        {
            if (remembered.Fingerprint == fingerprint)
            {
                head.Repeated++;
                Tell(record.Command, record.Entry.Offset, remembered.Decision, changes);
            }
            else
            {
                Conclude(record, Reason.RequestIdReused, Accounts[record.Account], changes);
            }
            return;
        }

        // Rules 5 and 6.
        var before = Accounts[record.Account];
        var (reason, after) = Rules.Decide(before, record.Command, IsChannelFull(record.Command));
        var decision = Conclude(record, reason, after, changes);
        if (decision.IsPending)
        {
            OpenTransfer(record, before!.CurrencyCode, decision, changes);
        }
        if (record.Request is { } asked)
        {
            Remember(asked, new RememberedRequest(fingerprint!, decision), changes);
        }
    }

    private Decision Conclude(LedgerRecord record, Reason reason, Account? after, Changes changes)
    {
        var isAccepted = reason == Reason.Unspecified;
        var decision = new Decision(
            reason,
            after?.Balance ?? 0,
            after?.Version ?? 0,
            record.Entry.Offset,
            IsPending: isAccepted && record.Command.BodyCase == BodyCase.Transfer);
        Count(isAccepted);
        if (isAccepted && record.Command.BodyCase == BodyCase.Create)
        {
            head.Accounts++;
            changes.Opened.Add(new(record.Account, record.Command.Create.HolderName));
        }
        if (after is not null)
        {
            var (kind, amount) = Describe(record.Command);
            Enter(record, record.Account, after, HistoryTexts.Of(record.Command), kind, amount, decision, changes);
        }
        Tell(record.Command, record.Entry.Offset, decision, changes);
        return decision;
    }

    private void Count(bool isAccepted)
    {
        head.Accepted += isAccepted ? 1 : 0;
        head.Rejected += isAccepted ? 0 : 1;
    }

    private static (Kind Kind, long Amount) Describe(LogRecord command) => command.BodyCase switch
    {
        BodyCase.Create => (Kind.Create, 0),
        BodyCase.Deposit => (Kind.Deposit, command.Deposit.Amount),
        BodyCase.Withdraw => (Kind.Withdraw, command.Withdraw.Amount),
        BodyCase.Transfer => (Kind.TransferOut, command.Transfer.Amount),
        BodyCase.Close => (Kind.Close, 0),
        _ => throw new UnreachableException(),
    };

    /// <summary>Enters what a record decided into an account's history, with its number and its time.</summary>
    private void Enter(
        LedgerRecord record,
        AccountId id,
        Account account,
        HistoryTexts texts,
        Kind kind,
        long amount,
        Decision decision,
        Changes changes)
    {
        var entry = new HistoryEntry(
            id,
            account.NextEntry,
            account.NextEntryMs(record.Command.RecordedAtMs),
            record.Entry.Offset,
            texts,
            kind,
            amount,
            decision);
        var leaf = leaves.Add(account.Leaf, entry);
        if (entry.Number % HistoryLeaves.MaxEntries == 0)
        {
            changes.Leaves.Add(new(id, entry.Number, leaf));
            leaf = ByteString.Empty;
        }
        var entered = account.WithEntry(record.Command.RecordedAtMs, leaf);
        Accounts.Set(id, entered, Batch);
        changes.Accounts[id] = entered;
        changes.History.Add(entry);
    }

    private void Tell(LogRecord command, long offset, Decision decision, Changes changes)
    {
        head.DecisionDigest = Digests.AddDecision(head.DecisionDigest, offset, decision);
        changes.Note(new Answer(command, offset, decision, Void: null));
    }

    private void Void(LedgerRecord record, VoidReason reason, long firstOffset, Changes changes)
    {
        var note = new VoidRecord(record.Entry.Offset, reason, firstOffset);
        head.Voids++;
        head.DecisionDigest = Digests.AddVoid(head.DecisionDigest, note.Offset, reason, firstOffset);
        changes.Voids.Add(note);
        if (record.Readable is { ProducerId.Length: Bounds.ProducerIdSize } readable)
        {
            changes.Note(new Answer(readable, note.Offset, Decision: null, note));
        }
    }

    /// <summary>
    /// A transfer's request is remembered while it is pending, and forgotten only after its settlement:
    /// it takes its place in the order of forgetting when it becomes final.
    /// </summary>
    private void Remember(RequestKey request, RememberedRequest remembered, Changes changes)
    {
        Requests.Set(request, remembered, Batch);
        changes.Requests[request] = remembered;
        if (!remembered.Decision.IsPending)
        {
            var age = new RequestAge(request, head.StreamTimeMs);
            RequestOrder.Append(age);
            changes.Remembered.Add(age);
        }
    }

    private void MoveStreamTime(LedgerRecord record) =>
        head.StreamTimeMs = head.StreamTimeAfter(record.Command.RecordedAtMs);

    private void MarkSeen(LedgerRecord record, ProducerWindow? window, Changes changes)
    {
        producerOrder.Move(record.ProducerId, window?.LastSeenMs, head.StreamTimeMs);
        window ??= new ProducerWindow();
        window.MarkSeen(record.Command.ProducerSequence, record.Entry.Offset, head.StreamTimeMs);
        Producers.Set(record.ProducerId, window, Batch);
        changes.Producers[record.ProducerId] = window;
    }

    /// <summary>Counted by records and what they settle, so that the bounds of batches mean nothing.</summary>
    private void ForgetOldest(Changes changes)
    {
        var horizonMs = head.StreamTimeMs - RememberedMs;
        for (var forgotten = 0; forgotten < MaxForgottenPerRecord; forgotten++)
        {
            if (RequestOrder.Count <= RememberedCount
                || RequestOrder.Oldest.RememberedAtMs >= horizonMs)
            {
                break;
            }
            var request = RequestOrder.RemoveOldest().Key;
            Requests.Set(request, null, Batch);
            changes.Requests[request] = null;
            changes.ForgottenRequests++;
        }
        if (producerOrder.Count > RememberedCount && producerOrder.OldestSeenMs < horizonMs)
        {
            var producer = producerOrder.RemoveOldest();
            Producers.Set(producer, null, Batch);
            changes.Producers[producer] = null;
        }
    }
}
