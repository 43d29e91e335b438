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
    private const int StringsAtOnce = 8;

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
        foreach (var set in StoredPart.SortedSets(keys))
        {
            await SweepMapAsync(set, "ZSCAN", "ZCARD", "ZSCORE");
        }
        foreach (var list in StoredPart.Lists(keys))
        {
            await new ListSweep(verifier, cancellation).RunAsync(list, behind: 0);
        }
        foreach (var strings in StoredPart.Strings(keys).Chunk(StringsAtOnce))
        {
            await SweepStringsAsync(strings);
        }
        await new HistorySweep(verifier, cancellation).RunAsync();
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
                Compare(part, ExpectedStore.Field((byte[])pair[0]!), (byte[])pair[1]!);
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
                Compare(part, field, answer.IsNull ? null : (byte[])answer!);
            }
        }
    }

    private void Compare(StoredPart part, string field, byte[]? found)
    {
        var wanted = Expected.Map(part.Key).GetValueOrDefault(field);
        var isSame = wanted is null || found is null ? wanted is null && found is null
            : part.HasScores ? Score(wanted) == Score(found)
            : wanted.AsSpan().SequenceEqual(found);
        if (!isSame)
        {
            throw verifier.Differs(part.Kind, part.Field(field), part.Value(wanted), part.Value(found));
        }
    }

    private async Task SweepStringsAsync(StoredPart[] parts)
    {
        var chunk = await verifier.ReadAsync([.. parts.Select(part => new[] { "GET", part.Key })], cancellation);
        foreach (var (part, answer) in parts.Zip(chunk.Answers))
        {
            var (wanted, found) = (Expected.Text(part.Key), answer.IsNull ? null : (byte[])answer!);
            if (!wanted.AsSpan().SequenceEqual(found))
            {
                throw verifier.Differs(part.Kind, part, first: 0, wanted, found);
            }
            verifier.Compared(DecisionChunk.Parser.ParseFrom(wanted ?? []).Decisions.Count);
        }
    }

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
                // Pages belong to the history that they were cut from.
                var written = key.Replace(keys.AllPages, keys.Histories, StringComparison.Ordinal);
                if (key != keys.Head && !Expected.Has(written))
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
