using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Redis;

/// <summary>An account, and a piece of its history, oldest entry first.</summary>
public sealed record HistorySlice(StoredAccount Account, IReadOnlyList<StoredHistoryEntry> Entries);

/// <summary>Reads histories, wherever their entries stand: in sealed pages, in leaves or with the account.</summary>
public sealed class HistoryReader(PartitionReader partitions)
{
    private static readonly RedisScript Script = new(typeof(HistoryReader), "live.lua", "history.lua");

    /// <summary>Reads an account and those of its entries that have the numbers; none if last is smaller.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    /// <exception cref="InvalidDataException">Redis holds something else than a history.</exception>
    public Task<Reading<HistorySlice>?> ReadAsync(
        AccountId account, long first, long last, CancellationToken cancellation) =>
        partitions.ReadAsync(
            Script,
            account.Partition,
            [
                account.ToByteArray(), account.ToString(), first, last, RedisKeys.PageEntries, RedisKeys.LeafEntries,
            ],
            values => PartitionReader.Parse(StoredAccount.Parser, values[0]) is { } stored
                ? new HistorySlice(stored, [.. Entries(stored, values).Where(
                    entry => entry.Number >= first && entry.Number <= last)])
                : null,
            cancellation);

    private static IEnumerable<StoredHistoryEntry> Entries(StoredAccount account, RedisResult[] values)
    {
        var pages = (RedisResult[])values[1]!;
        var leaves = (RedisResult[])values[2]!;
        return pages.SelectMany(page => HistoryPage.Open((byte[])page!))
            .Concat(leaves.SelectMany(leaf => StoredHistoryPage.Parser.ParseFrom((byte[])leaf!).Entries))
            .Concat(StoredHistoryPage.Parser.ParseFrom(account.Leaf).Entries);
    }
}
