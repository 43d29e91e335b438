using System.Globalization;
using BankAccounts.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>
/// Compares a list with what is expected, from its end backwards: what is added meanwhile only moves it
/// along, and what is sealed meanwhile is found in the pages afterwards.
/// </summary>
public sealed class ListSweep(PartitionVerifier verifier, CancellationToken cancellation)
{
    private const int EntriesAtOnce = 1_000;

    /// <summary>Compares all that stands so far behind the end and further.</summary>
    public async Task RunAsync(StoredPart part, long behind)
    {
        long length;
        do
        {
            var chunk = await verifier.ReadAsync(Read(part, behind, EntriesAtOnce), cancellation);
            length = Compare(part, chunk.Answers, behind);
            behind += EntriesAtOnce;
        }
        while (behind < length);
    }

    /// <summary>The reads for a piece of a list: as many as there are answers to each.</summary>
    public static string[][] Read(StoredPart part, long behind, int count) =>
    [
        ["LLEN", part.Key],
        ["LRANGE", part.Key, Text(-(behind + count)), Text(-(behind + 1))],
        .. part.PagesKey is { } pages ? new[] { new[] { "HLEN", pages } } : [],
    ];

    /// <summary>Compares a piece of a list, so far behind its end, and returns the list's length.</summary>
    public long Compare(StoredPart part, RedisResult[] answers, long behind)
    {
        var wanted = verifier.Expected.List(part.Key);
        var length = (long)answers[0];
        var whole = length + (part.PagesKey is null ? 0 : (long)answers[2] * RedisKeys.PageLeaves);
        var found = (RedisResult[])answers[1]!;
        for (var i = 1; i <= found.Length; i++)
        {
            var index = wanted.Count - behind - found.Length + i - 1;
            var item = (byte[])found[i - 1]!;
            var due = index >= 0 && index < wanted.Count ? wanted[(int)index] : null;
            if (due is null || !due.AsSpan().SequenceEqual(item))
            {
                throw whole == wanted.Count
                    ? verifier.Differs(part.Kind, part, index * ThingsOf(part), due, item)
                    : LengthDiffers(part, wanted.Count, whole);
            }
        }
        if (whole != wanted.Count)
        {
            throw LengthDiffers(part, wanted.Count, whole);
        }
        verifier.Compared(found.Length * ThingsOf(part));
        return length;
    }

    private DifferenceFoundException LengthDiffers(StoredPart part, long wanted, long found) =>
        verifier.Differs(part.Kind, part.Field("length"), Length(part, wanted), Length(part, found));

    private static string Length(StoredPart part, long count) => $"{Text(count * ThingsOf(part))} entries";

    /// <summary>An element of a history is a leaf of several entries.</summary>
    private static int ThingsOf(StoredPart part) => part.PagesKey is null ? 1 : RedisKeys.LeafEntries;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
