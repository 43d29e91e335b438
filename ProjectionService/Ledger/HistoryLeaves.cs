using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// Writes the newest entries of histories in the form in which they are stored: an account carries its leaf, and a
/// full one goes into the account's history as it is. A leaf is a <see cref="StoredHistoryPage"/>, so an entry is
/// added by writing it behind the others.
/// </summary>
public sealed class HistoryLeaves
{
    /// <summary>How many entries a full leaf has.</summary>
    public const int MaxEntries = 8;

    // These are filled again and again: a message of one element is that element with its tag and its length.
    private readonly StoredHistoryEntry stored = new() { Decision = new StoredDecision() };
    private readonly StoredHistoryPage element;

    /// <summary>A writer for one ledger.</summary>
    public HistoryLeaves() => element = new StoredHistoryPage { Entries = { stored } };

    /// <summary>The leaf with one more entry.</summary>
    public ByteString Add(ByteString leaf, in HistoryEntry entry)
    {
        Fill(stored, entry);
        var bytes = new byte[leaf.Length + element.CalculateSize()];
        leaf.Span.CopyTo(bytes);
        element.WriteTo(bytes.AsSpan(leaf.Length));
        // Nobody else has these bytes, so they need no copy to be immutable.
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>The stored form of an entry.</summary>
    public static void Fill(StoredHistoryEntry stored, in HistoryEntry entry)
    {
        stored.Kind = entry.Kind;
        stored.Amount = entry.Amount;
        stored.Description = entry.Texts.Description;
        stored.RequestId = entry.Texts.RequestId;
        stored.TimeMs = entry.TimeMs;
        stored.Counterparty = entry.Texts.Counterparty;
        stored.Number = entry.Number;
        stored.SettledAfter = entry.Offset - entry.Decision.Offset;
        Fill(stored.Decision ??= new StoredDecision(), entry.Decision);
    }

    /// <summary>The stored form of a decision.</summary>
    public static void Fill(StoredDecision stored, in Decision decision)
    {
        stored.Reason = decision.Reason;
        stored.Balance = decision.Balance;
        stored.Version = decision.Version;
        stored.Offset = decision.Offset;
        stored.Pending = decision.IsPending;
    }
}
