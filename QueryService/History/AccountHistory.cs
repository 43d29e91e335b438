using BankAccounts.QueryService.Grpc;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Grpc.Core;

namespace BankAccounts.QueryService.History;

/// <summary>Opens histories.</summary>
public sealed class AccountHistories(HistoryReader reader)
{
    /// <summary>An account's history as it stands.</summary>
    /// <exception cref="RpcException">NOT_FOUND, UNAVAILABLE or DEADLINE_EXCEEDED.</exception>
    public async Task<AccountHistory> OpenAsync(AccountId id, ReadAtPosition at)
    {
        var reading = await at.ReadAsync(cancellation => reader.ReadAsync(id, first: 1, last: 0, cancellation));
        var account = reading.Value?.Account ?? throw QueryErrors.AccountNotFound(id);
        return new AccountHistory(reader, at, id, account, reading.Position);
    }
}

/// <summary>
/// An account's history up to one position. Entries never change, so it stays what it is however long it is
/// read; what comes later is not in it.
/// </summary>
public sealed class AccountHistory
{
    private readonly HistoryReader reader;
    private readonly ReadAtPosition at;
    private readonly AccountId id;

    internal AccountHistory(
        HistoryReader reader, ReadAtPosition at, AccountId id, StoredAccount account, long position)
    {
        this.reader = reader;
        // If Redis is set back meanwhile, or folded again, its entries are waited for.
        this.at = at.Unchanging(position - 1);
        this.id = id;
        Account = account;
        Position = position;
    }

    /// <summary>The account at that position.</summary>
    public StoredAccount Account { get; }

    /// <summary>The next offset: the history has everything below it.</summary>
    public long Position { get; }

    /// <summary>How many entries there are; they are numbered from 1.</summary>
    public long Entries => Account.Entries;

    /// <summary>The number of the first entry that stands in the same page as an entry.</summary>
    public static long PageStartOf(long number) => number - ((number - 1) % RedisKeys.PageEntries);

    /// <summary>Reads entries by number, oldest first.</summary>
    /// <exception cref="RpcException">UNAVAILABLE or DEADLINE_EXCEEDED.</exception>
    public async Task<IReadOnlyList<StoredHistoryEntry>> ReadAsync(long first, long last)
    {
        var reading = await at.ReadAsync(cancellation => reader.ReadAsync(id, first, last, cancellation));
        var entries = reading.Value?.Entries ?? [];
        return entries.Count == last - first + 1
            ? entries
            : throw new InvalidDataException($"Redis lacks entries {first} to {last} of {id}.");
    }

    /// <summary>
    /// The number of the first entry from which on something holds; one more than there are if it never does.
    /// Number, time, version and offset only grow, so a few pages show it.
    /// </summary>
    public async Task<long> FirstAsync(Func<StoredHistoryEntry, bool> holds)
    {
        var (low, high) = (1L, Entries + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var first = Math.Max(low, PageStartOf(middle));
            var last = Math.Min(high - 1, PageStartOf(middle) + RedisKeys.PageEntries - 1);
            var entries = await ReadAsync(first, last);
            if (holds(entries[0]))
            {
                high = first;
            }
            else if (!holds(entries[^1]))
            {
                low = last + 1;
            }
            else
            {
                return entries.First(holds).Number;
            }
        }
        return low;
    }
}
