using System.Buffers.Binary;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>Reads back what <see cref="MessagePack"/> writes, and nothing else of the format.</summary>
public ref struct MessagePackReader(ReadOnlySpan<byte> packed)
{
    private ReadOnlySpan<byte> rest = packed;

    /// <summary>Begins an array and returns the number of its elements.</summary>
    public int Array() => Expect(0xDD) == 0xDD ? Length() : 0;

    /// <summary>Reads a byte string.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        int length;
        if (Expect(0xD9, 0xDB) == 0xD9)
        {
            length = rest[0];
            rest = rest[1..];
        }
        else
        {
            length = Length();
        }
        var bytes = rest[..length];
        rest = rest[length..];
        return bytes;
    }

    private int Length()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[sizeof(int)..];
        return length;
    }

    private byte Expect(params ReadOnlySpan<byte> kinds)
    {
        var kind = rest[0];
        if (!kinds.Contains(kind))
        {
            throw new InvalidDataException($"0x{kind:x2} is not what is written here.");
        }
        rest = rest[1..];
        return kind;
    }
}
