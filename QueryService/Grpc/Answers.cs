using BankAccounts.Store.V1;
using BankAccounts.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Enum = System.Enum;

namespace BankAccounts.QueryService.Grpc;

/// <summary>From what Redis holds to what callers are told.</summary>
public static class Answers
{
    /// <summary>An account as it stands.</summary>
    public static Account AccountOf(AccountId id, StoredAccount stored) => new()
    {
        AccountId = id.ToString(),
        HolderName = stored.HolderName.ToStringUtf8(),
        CurrencyCode = stored.CurrencyCode.ToStringUtf8(),
        Balance = stored.Balance,
        State = stored.Closed ? AccountState.Closed : AccountState.Open,
        CreateTime = TimeOf(stored.OpenedAtMs),
        Version = stored.Version,
    };

    /// <summary>An account as it stood after an entry of its history.</summary>
    public static Account AccountOf(AccountId id, StoredAccount stored, StoredHistoryEntry entry)
    {
        var account = AccountOf(id, stored);
        account.Balance = entry.Decision.Balance;
        account.Version = entry.Decision.Version;
        // Nothing is accepted by an account that is closed: its last version is the one that closed it.
        account.State = stored.Closed && entry.Decision.Version == stored.Version
            ? AccountState.Closed
            : AccountState.Open;
        return account;
    }

    /// <summary>An entry of a history.</summary>
    public static HistoryEntry EntryOf(AccountId id, StoredHistoryEntry entry) => new()
    {
        Number = entry.Number,
        Kind = KindOf(entry.Kind),
        Amount = entry.Amount,
        Description = entry.Description.ToStringUtf8(),
        RequestId = entry.RequestId.ToStringUtf8(),
        CounterpartyAccountId = TextOf(entry.Counterparty),
        Decision = DecisionOf(id.Partition, entry.Decision),
        CreateTime = TimeOf(entry.TimeMs),
        Position = new Position { Partition = id.Partition, Offset = OffsetOf(entry) },
    };

    /// <summary>Where the record stands that decided an entry.</summary>
    public static long OffsetOf(StoredHistoryEntry entry) => entry.Decision.Offset + entry.SettledAfter;

    /// <summary>A decision.</summary>
    public static Decision DecisionOf(int partition, StoredDecision stored) => new()
    {
        Outcome = OutcomeOf(stored),
        Reason = StoreNames.Of(stored.Reason),
        Balance = stored.Balance,
        Version = stored.Version,
        Position = new Position { Partition = partition, Offset = stored.Offset },
    };

    /// <summary>What a decision came to.</summary>
    public static Outcome OutcomeOf(StoredDecision stored) =>
        stored.Pending ? Outcome.Pending
        : stored.Reason == Reason.Unspecified ? Outcome.Accepted
        : Outcome.Rejected;

    /// <summary>A record that counts for nothing.</summary>
    public static VoidRecord VoidOf(VoidReason reason, long firstOffset)
    {
        var record = new VoidRecord { Reason = StoreNames.Of(reason) };
        if (firstOffset >= 0)
        {
            record.FirstOffset = firstOffset;
        }
        return record;
    }

    /// <summary>A transfer.</summary>
    public static Transfer TransferOf(TransferId id, StoredTransfer stored) => new()
    {
        TransferId = id.ToString(),
        FromAccountId = TextOf(stored.FromAccountId),
        ToAccountId = TextOf(stored.ToAccountId),
        Amount = stored.Amount,
        CurrencyCode = stored.CurrencyCode.ToStringUtf8(),
        Description = stored.Description.ToStringUtf8(),
        State = stored.Decision.Pending ? TransferState.Pending
            : stored.Decision.Reason == Reason.Unspecified ? TransferState.Settled
            : TransferState.Refunded,
        Reason = StoreNames.Of(stored.Decision.Reason),
        CreateTime = TimeOf(stored.RecordedAtMs),
    };

    /// <summary>The last position that was folded, if the next one is known.</summary>
    public static Position PositionOf(int partition, long next) =>
        new() { Partition = partition, Offset = next - 1 };

    /// <summary>A time.</summary>
    public static Timestamp TimeOf(long unixMs) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(unixMs));

    /// <summary>The text form of an account id; empty for none.</summary>
    public static string TextOf(ByteString id) =>
        id.IsEmpty ? string.Empty
        : AccountId.TryRead(id.Span, out var read) ? read.ToString()
        : throw new InvalidDataException("Redis holds a malformed account id.");

    /// <summary>The contract's kinds have the names and the numbers of the stored ones.</summary>
    public static EntryKind KindOf(Kind kind) => Enum.IsDefined((EntryKind)(int)kind)
        ? (EntryKind)(int)kind
        : throw new InvalidDataException($"Redis holds an entry of kind {kind}.");
}
