using System.Buffers.Binary;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>Channels and the transfers in them.</summary>
public static partial class StoreCodec
{
    public static StoredOutgoingChannel Encode(OutgoingChannel channel) => new()
    {
        NextSequence = channel.NextSequence,
        Chain = ByteString.CopyFrom(channel.Chain),
    };

    public static StoredIncomingChannel Encode(IncomingChannel channel) => new()
    {
        LastSequence = channel.LastSequence,
        Chain = ByteString.CopyFrom(channel.Chain),
        SettledBelow = channel.SettledBelow,
        Halted = channel.HaltedBy is not null,
        HaltedByOffset = channel.HaltedBy ?? 0,
        ExpectedChain = channel.ExpectedChain is { } chain ? ByteString.CopyFrom(chain) : ByteString.Empty,
    };

    public static StoredSendings EncodeSendings(IEnumerable<OutgoingChannel> channels) => new()
    {
        Channels =
        {
            from channel in channels
            where channel.Unsettled.Count > 0
            let lowest = channel.Unsettled.First()
            select new StoredSending
            {
                Destination = channel.Destination,
                Unsettled = channel.Unsettled.Count,
                LowestUnsettled = lowest.Sequence,
                RecordedAtMs = lowest.Command.RecordedAtMs,
            },
        },
    };

    public static IncomingChannel Decode(StoredIncomingChannel stored, int source)
    {
        var channel = new IncomingChannel(
            source, stored.LastSequence, stored.Chain.ToByteArray(), stored.SettledBelow);
        if (stored.Halted)
        {
            channel.Halt(stored.HaltedByOffset);
        }
        if (!stored.ExpectedChain.IsEmpty)
        {
            channel.LoadExpected(stored.ExpectedChain.ToByteArray());
        }
        return channel;
    }

    public static StoredUnsettled Encode(UnsettledTransfer transfer) => new()
    {
        SourceOffset = transfer.Offset,
        Chain = ByteString.CopyFrom(transfer.Chain),
        Record = transfer.Command.ToByteString(),
        CurrencyCode = transfer.CurrencyCode,
    };

    public static UnsettledTransfer Decode(StoredUnsettled stored, long sequence) => new(
        sequence,
        stored.SourceOffset,
        stored.Chain.ToByteArray(),
        LogRecord.Parser.ParseFrom(stored.Record),
        stored.CurrencyCode);

    public static StoredTransfer Encode(TransferState state)
    {
        var asked = state.Transfer.Command.Transfer;
        return new StoredTransfer
        {
            FromAccountId = asked.FromAccountId,
            ToAccountId = asked.ToAccountId,
            Amount = asked.Amount,
            CurrencyCode = state.Transfer.CurrencyCode,
            Description = asked.Description,
            Sequence = state.Transfer.Sequence,
            RecordedAtMs = state.Transfer.Command.RecordedAtMs,
            Decision = Encode(state.Decision),
        };
    }

    /// <summary>The field of a channel: the other partition, 2 bytes, big endian.</summary>
    public static byte[] Field(int partition)
    {
        var field = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(field, checked((ushort)partition));
        return field;
    }

    /// <summary>The field of a transfer of a channel: the other partition, then its number.</summary>
    public static byte[] Field(ChannelEntry entry)
    {
        var field = new byte[sizeof(ushort) + sizeof(long)];
        Field(entry.Partition).CopyTo(field, 0);
        BinaryPrimitives.WriteInt64BigEndian(field.AsSpan(sizeof(ushort)), entry.Sequence);
        return field;
    }

    public static int DecodePartition(ReadOnlySpan<byte> field) =>
        BinaryPrimitives.ReadUInt16BigEndian(field);

    public static ChannelEntry DecodeChannelEntry(ReadOnlySpan<byte> field) => new(
        DecodePartition(field), BinaryPrimitives.ReadInt64BigEndian(field[sizeof(ushort)..]));
}
