using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>
/// Writes nested arrays of byte strings in MessagePack, as Redis' <c>cmsgpack</c> reads them: one packed
/// argument costs a script far less than thousands of plain ones. Byte strings use the "str" family,
/// which is the one that <c>cmsgpack</c> knows.
/// (https://github.com/msgpack/msgpack/blob/master/spec.md)
/// </summary>
public sealed class MessagePack
{
    private readonly ArrayBufferWriter<byte> buffer = new(256);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    /// <summary>Begins an array; its elements follow.</summary>
    public MessagePack Array(int count)
    {
        var span = buffer.GetSpan(5);
        span[0] = 0xDD;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], count);
        buffer.Advance(5);
        return this;
    }

    /// <summary>Writes a byte string.</summary>
    public MessagePack Bytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= byte.MaxValue)
        {
            var span = buffer.GetSpan(2);
            span[0] = 0xD9;
            span[1] = (byte)bytes.Length;
            buffer.Advance(2);
        }
        else
        {
            var span = buffer.GetSpan(5);
            span[0] = 0xDB;
            BinaryPrimitives.WriteInt32BigEndian(span[1..], bytes.Length);
            buffer.Advance(5);
        }
        buffer.Write(bytes);
        return this;
    }

    /// <summary>Writes text as UTF-8.</summary>
    public MessagePack Text(string text)
    {
        Span<byte> utf8 = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(text, utf8, out var written)
            ? Bytes(utf8[..written])
            : Bytes(Encoding.UTF8.GetBytes(text));
    }
}
