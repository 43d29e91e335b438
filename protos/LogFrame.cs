using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using BankAccounts.Log.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BankAccounts;

/// <summary>What a frame turned out to be.</summary>
public enum FrameKind
{
    /// <summary>A record of known rules in which every field is known.</summary>
    Record,

    /// <summary>Magic, length or checksum is wrong: not a frame of this log.</summary>
    BadFrame,

    /// <summary>A good frame around bytes that are not a <see cref="LogRecord"/>.</summary>
    Malformed,

    /// <summary>A good frame of a newer format: other rules, or a field that is not known here.</summary>
    Unknown,
}

/// <summary>
/// The value of a Kafka record: magic "BANK" (4 bytes), rules version (2, big endian), CRC-32C of rules
/// version and payload (4, big endian; Castagnoli, RFC 3720 appendix B.4), then one
/// <see cref="LogRecord"/>.
/// </summary>
public static class LogFrame
{
    /// <summary>The rules by which the records of this build are decided.</summary>
    public const ushort RulesVersion = 1;

    /// <summary>The size of what stands before the payload, in bytes.</summary>
    public const int HeaderSize = 10;

    /// <summary>The largest frame, in bytes. Every record within the field bounds fits.</summary>
    public const int MaxSize = 8 * 1024;

    private const int ChecksumOffset = 6;

    /// <summary>The most bytes that 32 bits take, seven to each.</summary>
    private const int MaxTagSize = 5;

    private static readonly MessageParser<LogRecord> DiscardingParser =
        LogRecord.Parser.WithDiscardUnknownFields(true);

    private static ReadOnlySpan<byte> Magic => "BANK"u8;

    /// <summary>The frame of a record under <see cref="RulesVersion"/>.</summary>
    public static byte[] Encode(LogRecord record)
    {
        var size = record.CalculateSize();
        var frame = new byte[HeaderSize + size];
        Magic.CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Magic.Length), RulesVersion);
        record.WriteTo(frame.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(ChecksumOffset), Checksum(frame));
        return frame;
    }

    /// <summary>Reads a frame. The record is there only for <see cref="FrameKind.Record"/>.</summary>
    public static FrameKind Decode(ReadOnlySpan<byte> frame, out LogRecord? record)
    {
        record = null;
        if (frame.Length is < HeaderSize or > MaxSize
            || !frame.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32BigEndian(frame[ChecksumOffset..]) != Checksum(frame))
        {
            return FrameKind.BadFrame;
        }
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[Magic.Length..]) != RulesVersion)
        {
            return FrameKind.Unknown;
        }
        var payload = frame[HeaderSize..];
        try
        {
            var parsed = DiscardingParser.ParseFrom(payload);
            // Without unknown fields and written plainly, a message has the size it arrived in. The
            // careful walk over the fields is only for what a foreign writer wrote differently.
            var kind = parsed.CalculateSize() == payload.Length
                ? FrameKind.Record
                : KindOf(payload, LogRecord.Descriptor);
            record = kind == FrameKind.Record ? parsed : null;
            return kind;
        }
        catch (InvalidProtocolBufferException)
        {
            return FrameKind.Malformed;
        }
    }

    /// <summary>
    /// Whether every field is known. Protobuf has six wire types and tags of 32 bits; its parser for .NET skips tags of
    /// two other types as if they were fields, and takes longer ones, in this version of it. No format can ever have
    /// either: they are malformed.
    /// </summary>
    private static FrameKind KindOf(ReadOnlySpan<byte> message, MessageDescriptor descriptor)
    {
        var kind = FrameKind.Record;
        using var input = new CodedInputStream(message.ToArray());
        var begins = 0L;
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var wireType = WireFormat.GetTagWireType(tag);
            if (wireType > WireFormat.WireType.Fixed32 || input.Position - begins > MaxTagSize)
            {
                return FrameKind.Malformed;
            }
            var field = descriptor.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag));
            var isKnown = field is not null && (wireType == WireTypeOf(field) || IsPacked(field, wireType));
            if (isKnown && field!.FieldType == FieldType.Message)
            {
                var inner = KindOf(input.ReadBytes().Span, field.MessageType);
                if (inner == FrameKind.Malformed)
                {
                    return inner;
                }
                kind = inner == FrameKind.Unknown ? inner : kind;
            }
            else
            {
                kind = isKnown ? kind : FrameKind.Unknown;
                input.SkipLastField();
            }
            begins = input.Position;
        }
        return kind;
    }

    /// <summary>Numbers of a repeated field may stand one by one, or several in one piece.</summary>
    private static bool IsPacked(FieldDescriptor field, WireFormat.WireType wireType) =>
        field.IsRepeated
        && WireTypeOf(field) == WireFormat.WireType.Varint
        && wireType == WireFormat.WireType.LengthDelimited;

    private static WireFormat.WireType WireTypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message or FieldType.Bytes => WireFormat.WireType.LengthDelimited,
        FieldType.Int64 or FieldType.Int32 => WireFormat.WireType.Varint,
        _ => throw new UnreachableException($"The log has no fields of type {field.FieldType}."),
    };

    private static uint Checksum(ReadOnlySpan<byte> frame)
    {
        var crc = Add(uint.MaxValue, frame[Magic.Length..ChecksumOffset]);
        return ~Add(crc, frame[HeaderSize..]);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return crc;
    }
}
