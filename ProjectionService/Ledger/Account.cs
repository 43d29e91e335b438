using Google.Protobuf;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// An account after some decision. Amounts are in minor units and never negative. What it sent and is
/// not settled counts against its limit, so that a refund always has room. Its history is numbered, and
/// the time of it never goes back: a refusal is an entry too. The newest entries, those behind the last full leaf,
/// are a part of it (<see cref="HistoryLeaves"/>).
/// </summary>
public sealed record Account(
    ByteString HolderName,
    ByteString CurrencyCode,
    long Balance,
    bool IsClosed,
    long OpenedAtMs,
    long Version,
    long Unsettled = 0,
    long Entries = 0,
    long LastEntryMs = 0)
{
    /// <summary>Its newest entries as they are stored, fewer than a full leaf has.</summary>
    public ByteString Leaf { get; init; } = ByteString.Empty;

    /// <summary>Whether so much more would exceed what an account can hold.</summary>
    public bool WouldExceedLimit(long amount) =>
        amount > long.MaxValue - checked(Balance + Unsettled);

    /// <summary>The account after one more accepted change.</summary>
    public Account Next(long balance, long unsettled) =>
        this with { Balance = balance, Unsettled = unsettled, Version = checked(Version + 1) };

    /// <summary>The number that its next entry has.</summary>
    public long NextEntry => checked(Entries + 1);

    /// <summary>The time that its next entry has, by a record of a time.</summary>
    public long NextEntryMs(long recordedAtMs) => Math.Max(LastEntryMs, recordedAtMs);

    /// <summary>The account with one more entry, which the leaf has already, by a record of a time.</summary>
    public Account WithEntry(long recordedAtMs, ByteString leaf) => this with
    {
        Entries = NextEntry,
        LastEntryMs = NextEntryMs(recordedAtMs),
        Leaf = leaf,
    };
}
