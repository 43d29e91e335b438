using System.IO.Compression;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ServiceDefaults.Redis;

/// <summary>
/// A sealed page of an account's history: one message of <see cref="RedisKeys.PageEntries"/> entries,
/// compressed with Brotli (RFC 7932). Its entries never change, so neither does the page.
/// </summary>
public static class HistoryPage
{
    /// <summary>More than the longest page has; what is longer is damaged.</summary>
    private const int MaxSize = 1024 * 1024;

    /// <summary>3 and 4 save nothing, higher ones a few bytes in a hundred, for several times the time.</summary>
    private const int Quality = 2;

    /// <summary>Two to this power, in bytes: more than an ordinary page has.</summary>
    private const int Window = 17;

    /// <summary>Seals leaves as they stand in Redis: one behind the other they are one message.</summary>
    public static byte[] Seal(IEnumerable<byte[]> leaves)
    {
        byte[] bytes = [.. leaves.SelectMany(leaf => leaf)];
        var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, buffer, out var written, Quality, Window)
            ? buffer[..written]
            : throw new InvalidOperationException("A page does not fit into the largest size it can have.");
    }

    /// <summary>The entries of a sealed page, oldest first.</summary>
    /// <exception cref="InvalidDataException">It is no page.</exception>
    public static IReadOnlyList<StoredHistoryEntry> Open(byte[] sealedPage)
    {
        using var source = new MemoryStream(sealedPage);
        using var brotli = new BrotliStream(source, CompressionMode.Decompress);
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            for (int read; (read = brotli.Read(buffer, length, buffer.Length - length)) > 0;)
            {
                length += read;
                if (length > MaxSize)
                {
                    throw new InvalidDataException("A sealed page is longer than any can be.");
                }
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
            return StoredHistoryPage.Parser.ParseFrom(buffer.AsSpan(0, length)).Entries;
        }
        catch (Exception damaged) when (damaged is InvalidOperationException or InvalidProtocolBufferException)
        {
            throw new InvalidDataException("A sealed page cannot be read.", damaged);
        }
    }
}
