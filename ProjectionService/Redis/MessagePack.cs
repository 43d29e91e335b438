using System.Buffers;
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
/// <remarks>It grows in arrays of the shared pool, which get back there when it is disposed of.</remarks>
public sealed class MessagePack : IDisposable
{
    private const int FirstSize = 4 * 1024;
    private const int LongHeaderSize = 5;
    private const int MaxNumberLength = 20;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int length;

    /// <summary>A copy of what was written, of exactly its length.</summary>
    public byte[] ToArray() => buffer.AsSpan(0, length).ToArray();

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
        Take(LongHeaderSize)[0] = 0xDD;
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

    /// <summary>Begins a byte string that is written in pieces.</summary>
    public int BeginBytes()
    {
        var at = length;
        Take(LongHeaderSize)[0] = 0xDB;
        return at;
    }

    /// <summary>Writes a piece of the byte string that was begun.</summary>
    public void Piece(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Ends a byte string that was begun.</summary>
    public void EndBytes(int begun) => BinaryPrimitives.WriteInt32BigEndian(
        buffer.AsSpan(begun + 1), length - begun - LongHeaderSize);

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

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        (buffer, length) = ([], 0);
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
            var header = Take(LongHeaderSize);
            header[0] = 0xDB;
            BinaryPrimitives.WriteInt32BigEndian(header[1..], size);
        }
        return Take(size);
    }

    private Span<byte> Take(int size)
    {
        if (buffer.Length - length < size)
        {
            Grow(length + size);
        }
        length += size;
        return buffer.AsSpan(length - size, size);
    }

    private void Grow(int least)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, least));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
