using System.Globalization;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>
/// Goes through all of a generation in Redis, chunk by chunk, and compares each with what is expected at
/// its position. Commits go on meanwhile: a scan returns everything that is there from its beginning to
/// its end, and a list is read from its end backwards, so that what is added only moves it along.
/// </summary>
public sealed class StoreSweep(PartitionVerifier verifier, CancellationToken cancellation)
{
    private const int ChunkSize = 1_000;
    private const int HistoriesAtOnce = 50;
    private const int HistoryEntriesAtOnce = 100;

    private readonly RedisKeys keys = verifier.Keys;

    private ExpectedStore Expected => verifier.Expected;

    /// <summary>Compares everything.</summary>
    /// <exception cref="DifferenceFoundException">At the first difference.</exception>
    public async Task RunAsync()
    {
        foreach (var hash in StoredPart.Hashes(keys))
        {
            await SweepMapAsync(hash, "HSCAN", "HLEN", "HGET");
        }
        await SweepMapAsync(StoredPart.ProducerOrder(keys), "ZSCAN", "ZCARD", "ZSCORE");
        foreach (var list in StoredPart.Lists(keys))
        {
            await SweepListAsync(list, behind: 0);
        }
        foreach (var accounts in verifier.Accounts.Chunk(HistoriesAtOnce).ToList())
        {
            await SweepHistoriesAsync(accounts);
        }
        await SweepKeysAsync();
    }

    private async Task SweepMapAsync(StoredPart part, string scan, string count, string get)
    {
        var cursor = "0";
        long size;
        do
        {
            var chunk = await verifier.ReadAsync(
                [[scan, part.Key, cursor, "COUNT", Text(ChunkSize)], [count, part.Key]], cancellation);
            var page = (RedisResult[])chunk.Answers[0]!;
            cursor = (string)page[0]!;
            var pairs = (RedisResult[])page[1]!;
            foreach (var pair in pairs.Chunk(2))
            {
                Compare(part, ExpectedStore.Field((byte[])pair[0]!), (byte[])pair[1]!, chunk.Position);
            }
            verifier.Compared(pairs.Length / 2);
            size = (long)chunk.Answers[1];
        }
        while (cursor != "0");
        if (size != Expected.Map(part.Key).Count)
        {
            await FindMissingAsync(part, get);
        }
    }

    /// <summary>Everything that is there is as expected, so something that is expected is not there.</summary>
    private async Task FindMissingAsync(StoredPart part, string get)
    {
        foreach (var fields in Expected.Map(part.Key).Keys.Chunk(ChunkSize).ToList())
        {
            var chunk = await verifier.ReadAsync(
                [.. fields.Select(field => new[] { get, part.Key, field })], cancellation);
            foreach (var (field, answer) in fields.Zip(chunk.Answers))
            {
                Compare(part, field, answer.IsNull ? null : (byte[])answer!, chunk.Position);
            }
        }
    }

    private void Compare(StoredPart part, string field, byte[]? found, long position)
    {
        var wanted = Expected.Map(part.Key).GetValueOrDefault(field);
        var isSame = wanted is null || found is null ? wanted == found
            : part.Kind == "producer-order" ? Score(wanted) == Score(found)
            : wanted.AsSpan().SequenceEqual(found) || IsOutdated(part, wanted, found, position);
        if (!isSame)
        {
            throw verifier.Differs(part.Kind, part.Field(field), part.Value(wanted), part.Value(found));
        }
    }

    /// <summary>
    /// A place among the latest decisions whose record is older than those: nobody finds it by position any
    /// more, and whether a late settlement is noted there depends on how records fell into batches.
    /// </summary>
    private static bool IsOutdated(StoredPart part, byte[] wanted, byte[] found, long position) =>
        part.Kind == "decisions"
        && PushedDecision.Parser.ParseFrom(wanted).Offset is var offset
        && offset < position - RedisKeys.MaxDecisions
        && PushedDecision.Parser.ParseFrom(found).Offset == offset;

    private async Task SweepHistoriesAsync(AccountId[] accounts)
    {
        var parts = accounts.Select(account => StoredPart.History(keys, account)).ToList();
        var chunk = await verifier.ReadAsync(
            [.. parts.SelectMany(part => ReadList(part, 0, HistoryEntriesAtOnce))], cancellation);
        var longer = new List<StoredPart>();
        foreach (var (part, answers) in parts.Zip(chunk.Answers.Chunk(2)))
        {
            if (CompareList(part, answers, behind: 0) > HistoryEntriesAtOnce)
            {
                longer.Add(part);
            }
        }
        foreach (var part in longer)
        {
            await SweepListAsync(part, HistoryEntriesAtOnce);
        }
    }

    private async Task SweepListAsync(StoredPart part, long behind)
    {
        long length;
        do
        {
            var chunk = await verifier.ReadAsync(ReadList(part, behind, ChunkSize), cancellation);
            length = CompareList(part, chunk.Answers, behind);
            behind += ChunkSize;
        }
        while (behind < length);
    }

    private static string[][] ReadList(StoredPart part, long behind, int count) =>
        [["LLEN", part.Key], ["LRANGE", part.Key, Text(-(behind + count)), Text(-(behind + 1))]];

    /// <summary>Compares a piece of a list, so far behind its end, and returns the list's length.</summary>
    private long CompareList(StoredPart part, RedisResult[] answers, long behind)
    {
        var wanted = Expected.List(part.Key);
        var length = (long)answers[0];
        var found = (RedisResult[])answers[1]!;
        for (var i = 1; i <= found.Length; i++)
        {
            var index = wanted.Count - behind - found.Length + i - 1;
            var item = (byte[])found[i - 1]!;
            var due = index >= 0 && index < wanted.Count ? wanted[(int)index] : null;
            if (due is null || !due.AsSpan().SequenceEqual(item))
            {
                throw length == wanted.Count
                    ? verifier.Differs(part.Kind, part.Field(Text(index)), part.Value(due), part.Value(item))
                    : LengthDiffers(part, wanted.Count, length);
            }
        }
        if (length != wanted.Count)
        {
            throw LengthDiffers(part, wanted.Count, length);
        }
        verifier.Compared(found.Length);
        return length;
    }

    private DifferenceFoundException LengthDiffers(StoredPart part, long wanted, long found) =>
        verifier.Differs(part.Kind, part.Field("length"), $"{Text(wanted)} entries", $"{Text(found)} entries");

    /// <summary>A key that is there at the position of its chunk, though nothing was written to it.</summary>
    private async Task SweepKeysAsync()
    {
        var cursor = "0";
        do
        {
            var chunk = await verifier.ReadAsync(
                [["SCAN", cursor, "MATCH", keys.Pattern, "COUNT", Text(ChunkSize)]], cancellation);
            var page = (RedisResult[])chunk.Answers[0]!;
            cursor = (string)page[0]!;
            foreach (var key in ((RedisResult[])page[1]!).Select(name => (string)name!))
            {
                if (key != keys.Head && !Expected.Has(key))
                {
                    throw verifier.Differs("key", key, "none", "a key");
                }
            }
        }
        while (cursor != "0");
    }

    private static double Score(byte[] score) => double.Parse(score, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
