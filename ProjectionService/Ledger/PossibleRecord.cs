using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// Which records rules version 1 calls possible: every field within its bounds. An appender checks the
/// same before it appends, so one that is not possible was written by somebody else.
/// </summary>
public static class PossibleRecord
{
    /// <summary>Whether every field of a record is within its bounds.</summary>
    public static bool Is(LogRecord record) =>
        Bounds.IsRecordedAt(record.RecordedAtMs)
        && record.ProducerId.Length == Bounds.ProducerIdSize
        && record.ProducerSequence > 0
        && Bounds.IsText(record.RequestId.Span, 0, Bounds.MaxRequestIdScalars)
        && record.ReplyTo.Length <= Bounds.MaxReplyToSize
        && record.Traceparent.Length <= Bounds.MaxReplyToSize
        && record.BodyCase switch
        {
            BodyCase.Create =>
                Bounds.IsText(record.Create.HolderName.Span, 1, Bounds.MaxHolderNameScalars)
                && Bounds.IsCurrencyCode(record.Create.CurrencyCode.Span),
            BodyCase.Deposit => IsMovement(
                record.Deposit.Amount, record.Deposit.CurrencyCode, record.Deposit.Description),
            BodyCase.Withdraw => IsMovement(
                record.Withdraw.Amount, record.Withdraw.CurrencyCode, record.Withdraw.Description),
            BodyCase.Transfer => Is(record.Transfer),
            BodyCase.Close => true,
            BodyCase.TransferCredit => record.RequestId.IsEmpty && Is(record.TransferCredit),
            BodyCase.TransferSettle => record.RequestId.IsEmpty && Is(record.TransferSettle),
            BodyCase.ChannelRelease => record.RequestId.IsEmpty && Is(record.ChannelRelease),
            BodyCase.None => false,
            _ => throw new UnreachableException(),
        };

    /// <summary>The account that a record is for: the one that its key names.</summary>
    public static ByteString AccountOf(LogRecord record) => record.BodyCase switch
    {
        BodyCase.Create => record.Create.AccountId,
        BodyCase.Deposit => record.Deposit.AccountId,
        BodyCase.Withdraw => record.Withdraw.AccountId,
        BodyCase.Transfer => record.Transfer.FromAccountId,
        BodyCase.Close => record.Close.AccountId,
        BodyCase.TransferCredit => record.TransferCredit.ToAccountId,
        BodyCase.TransferSettle => record.TransferSettle.FromAccountId,
        _ => throw new UnreachableException(),
    };

    private static bool Is(TransferEvent transfer) =>
        IsMovement(transfer.Amount, transfer.CurrencyCode, transfer.Description)
        && IsAccountId(transfer.ToAccountId)
        && transfer.PartitionCount is >= 1 and <= Bounds.MaxPartitions;

    private static bool Is(TransferCreditEvent credit) =>
        credit.Sequence >= 1
        && credit.Chain.Length == Bounds.DigestSize
        // The first is on its way because it is not settled itself.
        && credit.SettledBelow >= 1
        && credit.SettledBelow <= credit.Sequence
        && credit.TransferCount() <= Bounds.MaxTransfersPerRecord
        && credit.Further.Count <= long.MaxValue - credit.Sequence
        && AccountId.TryRead(credit.FromAccountId.Span, out var from)
        && AccountId.TryRead(credit.ToAccountId.Span, out var to)
        && credit.Transfers().All(transfer => Is(transfer, from.Partition, to.Partition));

    private static bool Is(SentTransfer transfer, int source, int destination) =>
        IsMovement(transfer.Amount, transfer.CurrencyCode, transfer.Description)
        && !transfer.CurrencyCode.IsEmpty
        && transfer.SourceOffset >= 0
        && AccountId.TryRead(transfer.From.Span, out var from) && from.Partition == source
        && AccountId.TryRead(transfer.To.Span, out var to) && to.Partition == destination;

    private static bool Is(TransferSettleEvent settle) =>
        IsAccountId(settle.ToAccountId)
        && settle.Sequence >= 1
        && settle.TransferCount() <= Bounds.MaxTransfersPerRecord
        && settle.LastSequence >= settle.Sequence
        && settle.LastSequence - settle.Sequence >= settle.FurtherReasons.Count
        && settle.Chain.Length == Bounds.DigestSize
        && settle.Transfers().All(answered => IsOfDestination(answered.Reason));

    private static bool IsOfDestination(Reason reason) => reason
        is Reason.Unspecified
        or Reason.DestinationNotFound
        or Reason.DestinationClosed
        or Reason.DestinationCurrencyMismatch
        or Reason.DestinationBalanceLimit;

    private static bool Is(ChannelReleaseEvent release) =>
        IsPartition(release.SourcePartition)
        && IsPartition(release.DestinationPartition)
        && release.HaltedByOffset >= 0
        && release.NextSequence >= 0
        && release.NextChain.Length == (release.NextSequence == 0 ? 0 : Bounds.DigestSize)
        && Bounds.IsText(release.Description.Span, 1, Bounds.MaxDescriptionScalars);

    private static bool IsPartition(int partition) => partition is >= 0 and < Bounds.MaxPartitions;

    private static bool IsMovement(long amount, ByteString currencyCode, ByteString description) =>
        Bounds.IsAmount(amount)
        && (currencyCode.IsEmpty || Bounds.IsCurrencyCode(currencyCode.Span))
        && Bounds.IsText(description.Span, 0, Bounds.MaxDescriptionScalars);

    private static bool IsAccountId(ByteString bytes) => AccountId.TryRead(bytes.Span, out _);
}
