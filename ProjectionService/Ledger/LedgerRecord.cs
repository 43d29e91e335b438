using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
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

    /// <summary>
    /// The account that the command is for, the one that its key names: of several transfers that of the first. Of no
    /// meaning for the release of a channel.
    /// </summary>
    public AccountId Account { get; private init; }

    /// <summary>The process that appended it.</summary>
    public Guid ProducerId { get; private init; }

    /// <summary>Whether a projector wrote it, to carry a transfer on.</summary>
    public bool IsFollowUp =>
        Command.BodyCase is BodyCase.TransferCredit or BodyCase.TransferSettle;

    /// <summary>How many decisions it may lead to: one, or as many as it carries transfers on.</summary>
    public int Steps => !IsCommand ? 1
        : Command.TransferCredit?.TransferCount() ?? Command.TransferSettle?.TransferCount() ?? 1;

    /// <summary>Whether an operator wrote it, to let a halted channel go on. It is for no account.</summary>
    public bool IsChannelRelease => Command.BodyCase == BodyCase.ChannelRelease;

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
        if (!PossibleRecord.Is(record))
        {
            return Void(entry, VoidReason.Impossible, record);
        }
        if (record.ChannelRelease is { } release)
        {
            return release.DestinationPartition == partition && entry.Key is null
                ? new LedgerRecord(entry) { Readable = record }
                : Void(entry, VoidReason.WrongPartition, record);
        }
        if (!AccountId.TryRead(PossibleRecord.AccountOf(record).Span, out var account))
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

    private static bool IsKeyOf(AccountId account, byte[]? key)
    {
        Span<byte> text = stackalloc byte[AccountId.TextLength];
        account.WriteText(text);
        return key is not null && text.SequenceEqual(key);
    }
}
