using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace BankAccounts.QueryService.Grpc;

/// <summary>
/// Where the next page of a list begins. A token belongs to one list with one filter: the first bytes of a hash
/// over both bind it, so that one of another list, or made up, is recognised. It is no secret.
/// </summary>
public static class PageToken
{
    private const int CheckSize = 8;

    /// <summary>A token.</summary>
    /// <param name="filter">The request, with nothing but what defines the list.</param>
    /// <param name="place">Where the next page begins.</param>
    public static string Write(IMessage filter, ReadOnlySpan<byte> place)
    {
        Span<byte> token = stackalloc byte[CheckSize + place.Length];
        Check(filter, place).AsSpan(0, CheckSize).CopyTo(token);
        place.CopyTo(token[CheckSize..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token; false if it is none of this list.</summary>
    public static bool TryRead(IMessage filter, string token, out byte[] place)
    {
        place = [];
        if (!Base64Url.IsValid(token))
        {
            return false;
        }
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < CheckSize)
        {
            return false;
        }
        place = bytes[CheckSize..];
        return Check(filter, place).AsSpan(0, CheckSize).SequenceEqual(bytes.AsSpan(0, CheckSize));
    }

    private static byte[] Check(IMessage filter, ReadOnlySpan<byte> place)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(filter.Descriptor.FullName + "\n"));
        hash.AppendData(SHA256.HashData(filter.ToByteArray()));
        hash.AppendData(place);
        return hash.GetHashAndReset();
    }
}
