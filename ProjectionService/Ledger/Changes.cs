using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>One entry of an account's history: what was asked and what became of it.</summary>
/// <param name="Account">The account.</param>
/// <param name="Number">Its number in the account's history, from 1.</param>
/// <param name="TimeMs">Its time, Unix milliseconds: never before the entry before it.</param>
/// <param name="Offset">The record that decided it; for a settlement that is not its command.</param>
/// <param name="Texts">What its command says in words.</param>
/// <param name="Kind">What it was for this account.</param>
/// <param name="Amount">The amount in minor units, 0 if it has none.</param>
/// <param name="Decision">What became of it.</param>
public readonly record struct HistoryEntry(
    AccountId Account,
    long Number,
    long TimeMs,
    long Offset,
    HistoryTexts Texts,
    Kind Kind,
    long Amount,
    Decision Decision);

/// <summary>What a command says in words: all that a history keeps of it. The record need not be kept.</summary>
public readonly record struct HistoryTexts(ByteString RequestId, ByteString Description, ByteString Counterparty)
{
    /// <summary>The texts of a command.</summary>
    public static HistoryTexts Of(LogRecord command) => command.BodyCase switch
    {
        BodyCase.Create or BodyCase.Close => new(command.RequestId, ByteString.Empty, ByteString.Empty),
        BodyCase.Deposit => new(command.RequestId, command.Deposit.Description, ByteString.Empty),
        BodyCase.Withdraw => new(command.RequestId, command.Withdraw.Description, ByteString.Empty),
        BodyCase.Transfer => new(command.RequestId, command.Transfer.Description, command.Transfer.ToAccountId),
        _ => throw new UnreachableException(),
    };
}

/// <summary>An account that was opened, and under which name it is listed.</summary>
public readonly record struct OpenedAccount(AccountId Account, ByteString HolderName);

/// <summary>Entries of an account's history as they are stored, as many as a leaf has.</summary>
/// <param name="Account">The account.</param>
/// <param name="LastNumber">The number of the last of them.</param>
/// <param name="Entries">The entries, oldest first.</param>
public readonly record struct FullLeaf(AccountId Account, long LastNumber, ByteString Entries);

/// <summary>A record that counts for nothing.</summary>
public readonly record struct VoidRecord(long Offset, VoidReason Reason, long FirstOffset);

/// <summary>What the process that appended a record is told: a decision, or that it is void.</summary>
public readonly record struct Answer(LogRecord To, long Offset, Decision? Decision, VoidRecord? Void);

/// <summary>A transfer of a channel: the other partition, and its number.</summary>
public readonly record struct ChannelEntry(int Partition, long Sequence);

/// <summary>A transfer to here: from which partition, and why it was refused, or unspecified.</summary>
public readonly record struct TakenCredit(int Source, long Sequence, long Amount, Reason Reason);

/// <summary>What became of a transfer so far.</summary>
public readonly record struct TransferState(UnsettledTransfer Transfer, Decision Decision);

/// <summary>
/// What a batch of records changed. Several changes of one thing are one write: only the last stands.
/// </summary>
public sealed class Changes
{
    /// <summary>Accounts as they are afterwards.</summary>
    public Dictionary<AccountId, Account> Accounts { get; } = [];

    /// <summary>Accounts that were opened.</summary>
    public List<OpenedAccount> Opened { get; } = [];

    /// <summary>New history, in the order of the log.</summary>
    public List<HistoryEntry> History { get; } = [];

    /// <summary>Leaves of histories that became full, in the order of the log.</summary>
    public List<FullLeaf> Leaves { get; } = [];

    /// <summary>Requests remembered; null: forgotten.</summary>
    public Dictionary<RequestKey, RememberedRequest?> Requests { get; } = [];

    /// <summary>Requests remembered, in the order of that.</summary>
    public List<RequestAge> Remembered { get; } = [];

    /// <summary>How many of the oldest requests were forgotten.</summary>
    public int ForgottenRequests { get; set; }

    /// <summary>Appending processes that were seen; null: forgotten.</summary>
    public Dictionary<Guid, ProducerWindow?> Producers { get; } = [];

    /// <summary>Void records, in the order of the log.</summary>
    public List<VoidRecord> Voids { get; } = [];

    /// <summary>Answers to what stands before this offset are not noted: nobody asks for them.</summary>
    public long AnswersFrom { get; init; }

    /// <summary>What to tell those who wait, in the order of the log.</summary>
    public List<Answer> Answers { get; } = [];

    /// <summary>Channels at which transfers were debited.</summary>
    public HashSet<OutgoingChannel> Outgoing { get; } = [];

    /// <summary>Channels at which transfers were credited or refused.</summary>
    public HashSet<IncomingChannel> Incoming { get; } = [];

    /// <summary>Transfers that were credited or refused, in the order of the log.</summary>
    public List<TakenCredit> Credits { get; } = [];

    /// <summary>Transfers that are not settled, by destination partition; null: settled.</summary>
    public Dictionary<ChannelEntry, UnsettledTransfer?> Unsettled { get; } = [];

    /// <summary>Refused credits, by source partition; null: the answer is not asked for any more.</summary>
    public Dictionary<ChannelEntry, Reason?> Refused { get; } = [];

    /// <summary>Transfers as they stand afterwards, by the offset of their command.</summary>
    public Dictionary<long, TransferState> Transfers { get; } = [];

    /// <summary>What the destination's owner has to answer, in the order of the log.</summary>
    public List<LogRecord> Settlements { get; } = [];

    /// <summary>The last numbers that destinations said they have taken, by partition.</summary>
    public Dictionary<int, long> TakenByDestination { get; } = [];

    /// <summary>Notes what to tell somebody.</summary>
    public void Note(in Answer answer)
    {
        if (answer.Offset >= AnswersFrom)
        {
            Answers.Add(answer);
        }
    }
}
