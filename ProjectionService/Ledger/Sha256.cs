using System.Security.Cryptography;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>SHA-256 as the platform has it, which is called at least twice for each record.</summary>
internal static class Sha256
{
    /// <summary>The size of a hash in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>Kept from hash to hash: beginning one anew costs more than the hash of a record itself.</summary>
    [ThreadStatic]
    private static IncrementalHash? kept;

    /// <summary>The hash of some bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        var hash = new byte[Size];
        Write(bytes, hash);
        return hash;
    }

    /// <summary>Writes the hash of some bytes.</summary>
    public static void Write(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        kept ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        kept.AppendData(bytes);
        kept.GetHashAndReset(hash);
    }
}
