using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>A transfer as its destination is told of it.</summary>
/// <param name="Sequence">Its number in its channel, from 1.</param>
/// <param name="From">The source.</param>
/// <param name="To">The destination.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="CurrencyCode">The currency of the source.</param>
/// <param name="Description">As the caller gave it.</param>
/// <param name="SourceOffset">The offset of its command in the source's partition.</param>
public readonly record struct SentTransfer(
    long Sequence,
    ByteString From,
    ByteString To,
    long Amount,
    ByteString CurrencyCode,
    ByteString Description,
    long SourceOffset);

/// <summary>A transfer whose destination answered: why it refused, or unspecified.</summary>
public readonly record struct AnsweredTransfer(long Sequence, Reason Reason);

/// <summary>
/// What the records hold that carry transfers on. Each is for some transfers of one channel, whose numbers follow one
/// another: the first stands in the record as if it were alone, and the others behind it.
/// </summary>
public static class FollowUps
{
    /// <summary>How many transfers a credit has.</summary>
    public static int TransferCount(this TransferCreditEvent credit) => 1 + credit.Further.Count;

    /// <summary>How many transfers a settlement answers.</summary>
    public static int TransferCount(this TransferSettleEvent settle) => 1 + settle.FurtherReasons.Count;

    /// <summary>The number of the last transfer of a credit.</summary>
    public static long ThroughSequence(this TransferCreditEvent credit) => credit.Sequence + credit.Further.Count;

    /// <summary>The number of the last transfer of a settlement.</summary>
    public static long ThroughSequence(this TransferSettleEvent settle) =>
        settle.Sequence + settle.FurtherReasons.Count;

    /// <summary>The transfers of a credit from a number on, in their order.</summary>
    public static IEnumerable<SentTransfer> TransfersFrom(this TransferCreditEvent credit, long sequence) =>
        credit.Transfers().SkipWhile(transfer => transfer.Sequence < sequence);

    /// <summary>The transfers of a credit, in the order of their numbers.</summary>
    public static IEnumerable<SentTransfer> Transfers(this TransferCreditEvent credit)
    {
        var sequence = credit.Sequence;
        yield return new SentTransfer(
            sequence,
            credit.FromAccountId,
            credit.ToAccountId,
            credit.Amount,
            credit.CurrencyCode,
            credit.Description,
            credit.SourceOffset);
        foreach (var further in credit.Further)
        {
            yield return new SentTransfer(
                ++sequence,
                further.FromAccountId,
                further.ToAccountId,
                further.Amount,
                further.CurrencyCode,
                further.Description,
                further.SourceOffset);
        }
    }

    /// <summary>The transfers of a settlement, in the order of their numbers.</summary>
    public static IEnumerable<AnsweredTransfer> Transfers(this TransferSettleEvent settle)
    {
        var sequence = settle.Sequence;
        yield return new AnsweredTransfer(sequence, (Reason)settle.Reason);
        foreach (var reason in settle.FurtherReasons)
        {
            yield return new AnsweredTransfer(++sequence, (Reason)reason);
        }
    }

    /// <summary>The record that tells the destination of transfers, whose numbers follow one another.</summary>
    public static LogRecord CreditOf(IReadOnlyList<UnsettledTransfer> transfers, long settledBelow)
    {
        var first = transfers[0];
        var asked = first.Command.Transfer;
        var credit = new TransferCreditEvent
        {
            FromAccountId = asked.FromAccountId,
            ToAccountId = asked.ToAccountId,
            Amount = asked.Amount,
            CurrencyCode = first.CurrencyCode,
            Description = asked.Description,
            Sequence = first.Sequence,
            SourceOffset = first.Offset,
            Chain = UnsafeByteOperations.UnsafeWrap(transfers[^1].Chain),
            SettledBelow = settledBelow,
        };
        foreach (var transfer in transfers.Skip(1))
        {
            var further = transfer.Command.Transfer;
            credit.Further.Add(new FurtherCredit
            {
                FromAccountId = further.FromAccountId,
                ToAccountId = further.ToAccountId,
                Amount = further.Amount,
                CurrencyCode = transfer.CurrencyCode,
                Description = further.Description,
                SourceOffset = transfer.Offset,
            });
        }
        return new LogRecord { Traceparent = first.Command.Traceparent, TransferCredit = credit };
    }

    /// <summary>
    /// The record that tells the source what became of a credit's transfers; null if it knows it of all of them.
    /// </summary>
    public static LogRecord? AnswerTo(LogRecord command, IncomingChannel channel)
    {
        var credit = command.TransferCredit;
        TransferSettleEvent? answer = null;
        foreach (var transfer in credit.TransfersFrom(channel.SettledBelow))
        {
            var reason = (int)channel.Refused.GetValueOrDefault(transfer.Sequence);
            if (answer is not null)
            {
                answer.FurtherReasons.Add(reason);
                continue;
            }
            answer = new TransferSettleEvent
            {
                FromAccountId = transfer.From,
                ToAccountId = transfer.To,
                Sequence = transfer.Sequence,
                Chain = credit.Chain,
                LastSequence = channel.LastSequence,
                Reason = reason,
            };
        }
        return answer is null ? null : new LogRecord { Traceparent = command.Traceparent, TransferSettle = answer };
    }
}
