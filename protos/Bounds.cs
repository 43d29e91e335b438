using System.Buffers;
using System.Text;

namespace BankAccounts;

/// <summary>
/// The bounds of every field, in one place: callers are refused by them before anything is appended,
/// and the fold calls a record impossible by them. They belong to rules version 1 and never change for
/// it; a new rules version brings its own.
/// </summary>
public static class Bounds
{
    /// <summary>The largest amount of one command, in minor units.</summary>
    public const long MaxAmount = 1_000_000_000_000_000;

    /// <summary>The longest holder name, in Unicode scalars.</summary>
    public const int MaxHolderNameScalars = 200;

    /// <summary>The longest request id, in Unicode scalars.</summary>
    public const int MaxRequestIdScalars = 100;

    /// <summary>The longest description, in Unicode scalars.</summary>
    public const int MaxDescriptionScalars = 200;

    /// <summary>The most partitions of a bank: an account id has 16 bits for its own.</summary>
    public const int MaxPartitions = 65_536;

    /// <summary>The size of a digest in bytes.</summary>
    public const int DigestSize = 32;

    /// <summary>The size of a producer id in bytes.</summary>
    public const int ProducerIdSize = 16;

    /// <summary>
    /// The latest time of a record, Unix milliseconds: the end of the year 9999, the last that a
    /// protobuf timestamp can tell. Stream time can step on from it without overflow, and Redis keeps
    /// it exactly as the score of a sorted set.
    /// </summary>
    public const long MaxRecordedAtMs = 253_402_300_799_999;

    /// <summary>The longest reply channel or trace context in bytes.</summary>
    public const int MaxReplyToSize = 100;

    /// <summary>The most transfers that one record carries on.</summary>
    public const int MaxTransfersPerRecord = 64;

    /// <summary>The most commands, or results, of one message of a stream of batches.</summary>
    public const int MaxBatchCommands = 1_000;

    /// <summary>Whether an amount is 1 … 10^15 minor units.</summary>
    public static bool IsAmount(long amount) => amount is >= 1 and <= MaxAmount;

    /// <summary>Whether a time is after 1970 began and before the year 10000, in Unix milliseconds.</summary>
    public static bool IsRecordedAt(long unixMs) => unixMs is >= 1 and <= MaxRecordedAtMs;

    /// <summary>Whether this is the form of an ISO 4217 code: three capital ASCII letters.</summary>
    public static bool IsCurrencyCode(ReadOnlySpan<byte> utf8) =>
        utf8.Length == 3 && !utf8.ContainsAnyExceptInRange((byte)'A', (byte)'Z');

    /// <summary>
    /// Whether this is well-formed UTF-8 of <paramref name="min"/> … <paramref name="max"/> Unicode
    /// scalars without control characters (U+0000 … U+001F, U+007F … U+009F) and without U+FFFD, as
    /// which bad UTF-8 arrives from a caller.
    /// </summary>
    public static bool IsText(ReadOnlySpan<byte> utf8, int min, int max)
    {
        // Nearly every text is plain ASCII, of which each byte is a scalar: that is seen at a glance.
        if (!utf8.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return utf8.Length >= min && utf8.Length <= max;
        }
        var scalars = 0;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var length) != OperationStatus.Done
                || ++scalars > max
                || rune.Value is < 0x20 or (>= 0x7F and <= 0x9F) or 0xFFFD)
            {
                return false;
            }
            utf8 = utf8[length..];
        }
        return scalars >= min;
    }
}
