using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BankAccounts;

/// <summary>
/// An account's number: a UUID of version 8 (RFC 9562, section 5.8) that carries its partition in the
/// first 16 bits, so that routing needs no hash and a read finds the right key without asking. The
/// other 106 free bits are random, or derived from the request id of the create. Ids sort by partition.
/// </summary>
public readonly record struct AccountId
{
    /// <summary>The size in bytes, in network order.</summary>
    public const int Size = 16;

    /// <summary>The length of the text form.</summary>
    public const int TextLength = 36;

    private static readonly SearchValues<char> TextCharacters =
        SearchValues.Create("0123456789abcdefABCDEF-");

    private readonly Guid value;

    private AccountId(Guid value) => this.value = value;

    /// <summary>The partition, 0 … 65,535, in which the account lives.</summary>
    public int Partition
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }
    }

    /// <summary>A new random id in a random partition of 0 … <paramref name="partitionCount"/> − 1.</summary>
    public static AccountId NewRandom(int partitionCount)
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return FromPayload(RandomNumberGenerator.GetInt32(partitionCount), bytes);
    }

    /// <summary>
    /// The id that belongs to a create's request id: the same through every replica, so that a retry
    /// asks for the same account. SHA-256 gives the name-based bits (RFC 9562, appendix B.2) and the
    /// key of the jump consistent hash over the partitions.
    /// </summary>
    public static AccountId FromRequestId(string requestId, int partitionCount)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes("bankaccounts.v1.CreateAccount\n" + requestId), hash);
        var partition = JumpHash(BinaryPrimitives.ReadUInt64BigEndian(hash[Size..]), partitionCount);
        return FromPayload(partition, hash[..Size]);
    }

    /// <summary>Reads 16 bytes in network order. False if they are not an account id.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out AccountId id)
    {
        id = bytes.Length == Size ? new AccountId(new Guid(bytes, bigEndian: true)) : default;
        return bytes.Length == Size && bytes[6] >> 4 == 8 && bytes[8] >> 6 == 2;
    }

    /// <summary>Reads the text form, 36 characters, either case. False if it is not an account id.</summary>
    public static bool TryParse(string? text, out AccountId id)
    {
        id = default;
        // The platform's parser also takes "0x" and "+" before the digits of a group.
        if (text is null
            || text.Length != TextLength
            || text.AsSpan().ContainsAnyExcept(TextCharacters)
            || !Guid.TryParseExact(text, "D", out var guid))
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[Size];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return TryRead(bytes, out id);
    }

    /// <summary>Writes the 16 bytes in network order.</summary>
    public void Write(Span<byte> destination) =>
        value.TryWriteBytes(destination, bigEndian: true, out _);

    /// <summary>The 16 bytes in network order.</summary>
    public byte[] ToByteArray() => value.ToByteArray(bigEndian: true);

    /// <summary>Writes the text form in ASCII: 36 bytes.</summary>
    public void WriteText(Span<byte> destination) => value.TryFormat(destination, out _, "D");

    /// <summary>The text form: 36 characters, lower case.</summary>
    public override string ToString() => value.ToString("D");

    private static AccountId FromPayload(int partition, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)partition));
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new AccountId(new Guid(bytes, bigEndian: true));
    }

    /// <summary>Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014).</summary>
    private static int JumpHash(ulong key, int buckets)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(buckets);
        long bucket = -1, next = 0;
        while (next < buckets)
        {
            bucket = next;
            key = unchecked((key * 2862933555777941757UL) + 1);
            next = (long)((bucket + 1) * ((1L << 31) / (double)((key >> 33) + 1)));
        }
        return (int)bucket;
    }
}
