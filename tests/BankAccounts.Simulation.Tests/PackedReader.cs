using System.Buffers.Binary;

namespace BankAccounts.Simulation.Tests;

/// <summary>Reads what commits are packed in: arrays and byte strings of MessagePack.</summary>
internal sealed class PackedReader(ReadOnlyMemory<byte> packed)
{
    private int at;

    /// <summary>How many elements follow.</summary>
    public int Array()
    {
        Expect(0xDD);
        return Length();
    }

    /// <summary>A byte string.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var isShort = packed.Span[at] == 0xD9;
        if (isShort)
        {
            at++;
        }
        else
        {
            Expect(0xDB);
        }
        var length = isShort ? packed.Span[at++] : Length();
        at += length;
        return packed.Slice(at - length, length);
    }

    private void Expect(byte marker)
    {
        if (packed.Span[at++] != marker)
        {
            throw new InvalidDataException($"{marker} was expected at {at - 1}.");
        }
    }

    private int Length()
    {
        at += sizeof(int);
        return BinaryPrimitives.ReadInt32BigEndian(packed.Span[(at - sizeof(int))..]);
    }
}
