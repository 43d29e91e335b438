using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;

namespace BankAccounts.Ledger.Tests;

/// <summary>Follow-ups as the owners of the two partitions of a channel send them.</summary>
internal static class TransferSpec
{
    /// <summary>The partition at the other end of the channel.</summary>
    public const int OtherPartition = 5;

    /// <summary>Accounts of the other partition.</summary>
    public static readonly AccountId Zoe = Records.Id(1, OtherPartition), Yan = Records.Id(2, OtherPartition);

    /// <summary>The credits that a channel's source sends for its transfers, from the first.</summary>
    public static List<LogRecord> CreditsOf(params (AccountId From, AccountId To, long Amount, string Currency)[] sent)
    {
        var credits = new List<LogRecord>();
        var chain = Digests.Empty();
        foreach (var (from, to, amount, currency) in sent)
        {
            var sequence = credits.Count + 1;
            chain = Digests.AddTransfer(
                chain, sequence, 100 + sequence, Records.Bytes(from), Records.Bytes(to), amount,
                ByteString.CopyFromUtf8(currency));
            credits.Add(new LogRecord
            {
                TransferCredit = new TransferCreditEvent
                {
                    FromAccountId = Records.Bytes(from),
                    ToAccountId = Records.Bytes(to),
                    Amount = amount,
                    CurrencyCode = ByteString.CopyFromUtf8(currency),
                    Sequence = sequence,
                    SourceOffset = 100 + sequence,
                    Chain = ByteString.CopyFrom(chain),
                    SettledBelow = 1,
                },
            });
        }
        return credits;
    }

    /// <summary>The same transfers in one record, whose numbers follow one another.</summary>
    public static LogRecord InOne(params LogRecord[] credits) => credits[0].With(copy =>
    {
        copy.TransferCredit.Chain = credits[^1].TransferCredit.Chain;
        foreach (var credit in credits.Skip(1).Select(credit => credit.TransferCredit))
        {
            copy.TransferCredit.Further.Add(new FurtherCredit
            {
                FromAccountId = credit.FromAccountId,
                ToAccountId = credit.ToAccountId,
                Amount = credit.Amount,
                CurrencyCode = credit.CurrencyCode,
                Description = credit.Description,
                SourceOffset = credit.SourceOffset,
            });
        }
    });

    /// <summary>The same when the source has settled everything below a number.</summary>
    public static LogRecord SettledBelow(this LogRecord credit, long sequence) =>
        credit.With(copy => copy.TransferCredit.SettledBelow = sequence);

    /// <summary>Unsettled transfers whose numbers follow one another, from one of them on.</summary>
    public static List<UnsettledTransfer> RunFrom(this OutgoingChannel channel, long sequence, int max)
    {
        List<UnsettledTransfer> run = [];
        while (run.Count < max && channel.Find(sequence + run.Count) is { } transfer)
        {
            run.Add(transfer);
        }
        return run;
    }

    /// <summary>The answer to transfers whose numbers follow one another, the last of which is not settled.</summary>
    public static LogRecord SettleManyOf(
        this PartitionLedger ledger, int destination, long sequence, params Reason[] reasons)
    {
        var answer = ledger.SettleOf(destination, sequence + reasons.Length - 1);
        return answer.With(copy =>
        {
            if (ledger.Outgoing[destination].Find(sequence)?.Command.Transfer is { } first)
            {
                copy.TransferSettle.FromAccountId = first.FromAccountId;
                copy.TransferSettle.ToAccountId = first.ToAccountId;
            }
            copy.TransferSettle.Sequence = sequence;
            copy.TransferSettle.Reason = (int)reasons[0];
            copy.TransferSettle.FurtherReasons.Add(reasons.Skip(1).Select(reason => (int)reason));
        });
    }

    /// <summary>The answer to a transfer that is not settled.</summary>
    public static LogRecord SettleOf(
        this PartitionLedger ledger, int destination, long sequence, Reason reason = Reason.Unspecified, long last = 0)
    {
        var transfer = ledger.Outgoing[destination].Find(sequence)!;
        return new LogRecord
        {
            TransferSettle = new TransferSettleEvent
            {
                FromAccountId = transfer.Command.Transfer.FromAccountId,
                ToAccountId = transfer.Command.Transfer.ToAccountId,
                Sequence = sequence,
                Chain = ByteString.CopyFrom(transfer.Chain),
                LastSequence = Math.Max(last, sequence),
                Reason = (int)reason,
            },
        };
    }
}
