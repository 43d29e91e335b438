using System.Globalization;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>
/// Compares the histories of all accounts: first their newest leaves, then the sealed pages. What no leaf has yet is a
/// part of the accounts.
/// </summary>
public sealed class HistorySweep(PartitionVerifier verifier, CancellationToken cancellation)
{
    private const int HistoriesAtOnce = 50;
    private const int LeavesAtOnce = 16;
    private const int PagesAtOnce = 16;

    private readonly RedisKeys keys = verifier.Keys;
    private readonly ListSweep lists = new(verifier, cancellation);

    /// <summary>Compares all histories.</summary>
    /// <exception cref="DifferenceFoundException">At the first difference.</exception>
    public async Task RunAsync()
    {
        foreach (var accounts in verifier.Accounts.Chunk(HistoriesAtOnce).ToList())
        {
            await SweepAsync([.. accounts.Select(account => StoredPart.History(keys, account))]);
        }
    }

    private async Task SweepAsync(IReadOnlyList<StoredPart> histories)
    {
        var chunk = await verifier.ReadAsync(
            [.. histories.SelectMany(part => ListSweep.Read(part, 0, LeavesAtOnce))], cancellation);
        var longer = new List<StoredPart>();
        foreach (var (part, answers) in histories.Zip(chunk.Answers.Chunk(chunk.Answers.Length / histories.Count)))
        {
            if (lists.Compare(part, answers, behind: 0) > LeavesAtOnce || (long)answers[2] > 0)
            {
                longer.Add(part);
            }
        }
        foreach (var part in longer)
        {
            await lists.RunAsync(part, LeavesAtOnce);
            await SweepPagesAsync(part);
        }
    }

    private async Task SweepPagesAsync(StoredPart history)
    {
        long count, next = 0;
        do
        {
            var numbers = Enumerable.Range(0, PagesAtOnce).Select(i => next + i).ToList();
            var chunk = await verifier.ReadAsync(
                [
                    ["HLEN", history.PagesKey!],
                    .. numbers.Select(number => new[] { "HGET", history.PagesKey!, Text(number) }),
                ],
                cancellation);
            count = (long)chunk.Answers[0];
            foreach (var (number, answer) in numbers.Zip(chunk.Answers.Skip(1)).TakeWhile(page => page.First < count))
            {
                ComparePage(history, number, answer.IsNull ? null : (byte[])answer!);
            }
            next += PagesAtOnce;
        }
        while (next < count);
    }

    private void ComparePage(StoredPart history, long number, byte[]? found)
    {
        var leaves = Open(history, number, found).Chunk(RedisKeys.LeafEntries);
        var wanted = verifier.Expected.List(history.Key);
        var index = number * RedisKeys.PageLeaves;
        foreach (var entries in leaves)
        {
            var due = index < wanted.Count ? wanted[(int)index] : null;
            var leaf = new StoredHistoryPage { Entries = { entries } }.ToByteArray();
            if (due is null || !due.AsSpan().SequenceEqual(leaf))
            {
                throw verifier.Differs("pages", history, index * RedisKeys.LeafEntries, due, leaf);
            }
            index++;
        }
        verifier.Compared(RedisKeys.PageEntries);
    }

    private IReadOnlyList<StoredHistoryEntry> Open(StoredPart history, long number, byte[]? found)
    {
        try
        {
            return found is null ? throw Differs("none")
                : HistoryPage.Open(found) is { Count: RedisKeys.PageEntries } entries ? entries
                : throw Differs("another number of entries");
        }
        catch (InvalidDataException)
        {
            throw Differs("what is no page");
        }

        DifferenceFoundException Differs(string what) => verifier.Differs(
            "pages", history.Field($"page {Text(number)}"), $"{RedisKeys.PageEntries} entries", what);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
