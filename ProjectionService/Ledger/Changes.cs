using BankAccounts.Log.V1;
using BankAccounts.Store.V1;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>One entry of an account's history: what was asked and what became of it.</summary>
public readonly record struct HistoryEntry(AccountId Account, LogRecord Command, Decision Decision);

/// <summary>A record that counts for nothing.</summary>
public readonly record struct VoidRecord(long Offset, VoidReason Reason, long FirstOffset);

/// <summary>What the process that appended a record is told: a decision, or that it is void.</summary>
public readonly record struct Answer(LogRecord To, long Offset, Decision? Decision, VoidRecord? Void);

/// <summary>
/// What a batch of records changed. Several changes of one thing are one write: only the last stands.
/// </summary>
public sealed class Changes
{
    /// <summary>Accounts as they are afterwards.</summary>
    public Dictionary<AccountId, Account> Accounts { get; } = [];

    /// <summary>New history, in the order of the log.</summary>
    public List<HistoryEntry> History { get; } = [];

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

    /// <summary>What to tell those who wait, in the order of the log.</summary>
    public List<Answer> Answers { get; } = [];
}
