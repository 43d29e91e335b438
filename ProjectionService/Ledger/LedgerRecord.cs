using System.Diagnostics;
using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// What a record says by itself, before any state is looked at: rules 1 and 2 of the fold. A record is
/// void, or of a newer format (the partition halts), or a command that can be decided.
/// </summary>
public sealed class LedgerRecord
{
    private LedgerRecord(in LogEntry entry) => Entry = entry;

    /// <summary>The record as the log holds it.</summary>
    public LogEntry Entry { get; }

    /// <summary>Why the record is void, or unspecified.</summary>
    public VoidReason VoidReason { get; private init; }

    /// <summary>Whether it is of a format that this build does not know.</summary>
    public bool IsOfNewerFormat { get; private init; }

    /// <summary>Whether it can be decided.</summary>
    public bool IsCommand => VoidReason == VoidReason.Unspecified && !IsOfNewerFormat;

    /// <summary>The command and what came with it. Only if <see cref="IsCommand"/>.</summary>
    public LogRecord Command => Readable ?? throw new InvalidOperationException("Not a command.");

    /// <summary>What can be read of a command or of a void record; null if nothing.</summary>
    public LogRecord? Readable { get; private init; }

    /// <summary>The account that the command is for.</summary>
    public AccountId Account { get; private init; }

    /// <summary>The process that appended it.</summary>
    public Guid ProducerId { get; private init; }

    /// <summary>The request that it belongs to; null if its caller gave no id.</summary>
    public RequestKey? Request => Command.RequestId.IsEmpty ? null : new(Account, Command.RequestId);

    /// <summary>Reads a record of a partition.</summary>
    public static LedgerRecord Read(int partition, in LogEntry entry)
    {
        var kind = LogFrame.Decode(entry.Value, out var record);
        return kind switch
        {
            FrameKind.BadFrame => Void(entry, VoidReason.BadFrame),
            FrameKind.Malformed => Void(entry, VoidReason.Malformed),
            FrameKind.Unknown => new LedgerRecord(entry) { IsOfNewerFormat = true },
            FrameKind.Record => Check(partition, entry, record!),
            _ => throw new UnreachableException(),
        };
    }

    private static LedgerRecord Check(int partition, in LogEntry entry, LogRecord record)
    {
        if (!HasPossibleFields(record) || !AccountId.TryRead(AccountOf(record).Span, out var account))
        {
            return Void(entry, VoidReason.Impossible, record);
        }
        if (account.Partition != partition || !IsKeyOf(account, entry.Key))
        {
            return Void(entry, VoidReason.WrongPartition, record);
        }
        return new LedgerRecord(entry)
        {
            Readable = record,
            Account = account,
            ProducerId = new Guid(record.ProducerId.Span, bigEndian: true),
        };
    }

    private static LedgerRecord Void(
        in LogEntry entry, VoidReason reason, LogRecord? record = null) =>
        new(entry) { VoidReason = reason, Readable = record };

    private static bool HasPossibleFields(LogRecord record) =>
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
            BodyCase.Deposit => IsPossible(
                record.Deposit.Amount, record.Deposit.CurrencyCode, record.Deposit.Description),
            BodyCase.Withdraw => IsPossible(
                record.Withdraw.Amount, record.Withdraw.CurrencyCode, record.Withdraw.Description),
            BodyCase.None => false,
            _ => throw new UnreachableException(),
        };

    private static bool IsPossible(long amount, ByteString currencyCode, ByteString description) =>
        Bounds.IsAmount(amount)
        && (currencyCode.IsEmpty || Bounds.IsCurrencyCode(currencyCode.Span))
        && Bounds.IsText(description.Span, 0, Bounds.MaxDescriptionScalars);

    private static ByteString AccountOf(LogRecord record) => record.BodyCase switch
    {
        BodyCase.Create => record.Create.AccountId,
        BodyCase.Deposit => record.Deposit.AccountId,
        BodyCase.Withdraw => record.Withdraw.AccountId,
        _ => throw new UnreachableException(),
    };

    private static bool IsKeyOf(AccountId account, byte[]? key)
    {
        Span<byte> text = stackalloc byte[AccountId.TextLength];
        return key is not null
            && Encoding.ASCII.TryGetBytes(account.ToString(), text, out _)
            && text.SequenceEqual(key);
    }
}
