using System.Globalization;
using BankAccounts.QueryService.Grpc;
using BankAccounts.Store.V1;
using BankAccounts.V1;

namespace BankAccounts.QueryService.Statements;

/// <summary>Makes the lines of a statement, from the oldest to the newest, and sums them up.</summary>
public sealed class StatementSums(long openingBalance)
{
    private long balance = openingBalance;
    private Int128 totalIn, totalOut;
    private long count;

    /// <summary>The lines that the next entries make.</summary>
    public StatementLines LinesOf(AccountId id, IEnumerable<StoredHistoryEntry> entries)
    {
        var lines = new StatementLines();
        foreach (var entry in entries.Where(Moves))
        {
            var change = checked(entry.Decision.Balance - balance);
            balance = entry.Decision.Balance;
            totalIn += Math.Max(0, change);
            totalOut -= Math.Min(0, change);
            count++;
            lines.Lines.Add(LineOf(id, entry, change));
        }
        return lines;
    }

    /// <summary>The end of the statement.</summary>
    public StatementFooter ToFooter() => new()
    {
        ClosingBalance = balance,
        TotalIn = totalIn.ToString(CultureInfo.InvariantCulture),
        TotalOut = totalOut.ToString(CultureInfo.InvariantCulture),
        LineCount = count,
    };

    /// <summary>Whether an entry moved the balance or the account's state.</summary>
    private static bool Moves(StoredHistoryEntry entry) =>
        entry.Kind == Kind.TransferRefunded
        || (entry.Decision.Reason == Reason.Unspecified && entry.Kind != Kind.TransferSettled);

    private static StatementLine LineOf(AccountId id, StoredHistoryEntry entry, long change) => new()
    {
        Number = entry.Number,
        Kind = Answers.KindOf(entry.Kind),
        Change = change,
        Balance = entry.Decision.Balance,
        Description = entry.Description.ToStringUtf8(),
        RequestId = entry.RequestId.ToStringUtf8(),
        CounterpartyAccountId = Answers.TextOf(entry.Counterparty),
        CreateTime = Answers.TimeOf(entry.TimeMs),
        Position = new Position { Partition = id.Partition, Offset = Answers.OffsetOf(entry) },
    };
}
