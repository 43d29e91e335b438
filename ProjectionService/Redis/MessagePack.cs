using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>
/// Writes nested arrays of byte strings in MessagePack, as Redis' <c>cmsgpack</c> reads them: one packed
/// argument costs a script far less than thousands of plain ones. Byte strings use the "str" family,
/// which is the one that <c>cmsgpack</c> knows.
/// (https://github.com/msgpack/msgpack/blob/master/spec.md)
/// </summary>
public sealed class MessagePack
{
    private const int ArrayHeaderSize = 5;
    private const int MaxNumberLength = 20;

    private byte[] buffer = new byte[512];
    private int length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, length);

    /// <summary>Begins an array; its elements follow.</summary>
    public MessagePack Array(int count)
    {
        SetCount(BeginArray(), count);
        return this;
    }

    /// <summary>Begins an array whose count is set when it is known.</summary>
    public int BeginArray()
    {
        var at = length;
        Take(ArrayHeaderSize)[0] = 0xDD;
        return at;
    }

    /// <summary>Says how many elements an array has.</summary>
    public void SetCount(int array, int count) =>
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(array + 1), count);

    /// <summary>Writes a byte string.</summary>
    public MessagePack Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(TakeBytes(bytes.Length));
        return this;
    }

    /// <summary>Writes an account's id as a byte string.</summary>
    public MessagePack Bytes(AccountId account)
    {
        account.Write(TakeBytes(AccountId.Size));
        return this;
    }

    /// <summary>Writes a message as a byte string.</summary>
    public MessagePack Message(IMessage message)
    {
        message.WriteTo(TakeBytes(message.CalculateSize()));
        return this;
    }

    /// <summary>Writes a number as text.</summary>
    public MessagePack Number(long number)
    {
        Span<byte> text = stackalloc byte[MaxNumberLength];
        number.TryFormat(text, out var written, provider: CultureInfo.InvariantCulture);
        return Bytes(text[..written]);
    }

    /// <summary>Writes text as UTF-8.</summary>
    public MessagePack Text(string text)
    {
        Encoding.UTF8.GetBytes(text, TakeBytes(Encoding.UTF8.GetByteCount(text)));
        return this;
    }

    private Span<byte> TakeBytes(int size)
    {
        if (size <= byte.MaxValue)
        {
            var header = Take(2);
            header[0] = 0xD9;
            header[1] = (byte)size;
        }
        else
        {
            var header = Take(5);
            header[0] = 0xDB;
            BinaryPrimitives.WriteInt32BigEndian(header[1..], size);
        }
        return Take(size);
    }

    private Span<byte> Take(int size)
    {
        if (buffer.Length - length < size)
        {
            System.Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
        }
        length += size;
        return buffer.AsSpan(length - size, size);
    }
}
