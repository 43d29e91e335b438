using System.Globalization;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.History;

/// <summary>The oldest leaves of a history, on their way into a page.</summary>
/// <param name="Keys">The generation that they were read from.</param>
/// <param name="Account">Whose history it is.</param>
/// <param name="Number">The number of the page, from 0.</param>
/// <param name="Leaves">Its leaves, oldest first.</param>
public sealed record UnsealedPage(RedisKeys Keys, AccountId Account, long Number, IReadOnlyList<byte[]> Leaves);

/// <summary>
/// Moves old entries of histories from lists into sealed pages. It may be done by anybody, at any time and
/// any number of times: what the history holds is the same before and after.
/// </summary>
public sealed class PageStore(IDatabase database, TimeSpan timeout)
{
    private static readonly RedisScript UnsealedScript = new(typeof(PageStore), "unsealed.lua");
    private static readonly RedisScript SealScript = new(typeof(PageStore), "seal.lua");

    /// <summary>The accounts whose histories have passed a page's end, and so may have one to be sealed.</summary>
    public static IEnumerable<AccountId> DueIn(Changes changes) => changes.Leaves
        .Where(leaf => leaf.LastNumber >= RedisKeys.SealFromLeaves * RedisKeys.LeafEntries
            && leaf.LastNumber % RedisKeys.PageEntries == 0)
        .Select(leaf => leaf.Account)
        .Distinct();

    /// <summary>Seals what is due of an account's history, and returns how many pages that was.</summary>
    /// <param name="account">The account.</param>
    /// <param name="generation">The generation; null for the live one.</param>
    /// <param name="cancellation">Ends the wait for Redis.</param>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task<int> SealDueAsync(AccountId account, long? generation, CancellationToken cancellation)
    {
        var pages = 0;
        while (await ReadAsync(account, generation, cancellation) is { } unsealed
            && await TrySealAsync(unsealed, cancellation))
        {
            pages++;
        }
        return pages;
    }

    /// <summary>Reads the next page that is due; null if none is.</summary>
    public async Task<UnsealedPage?> ReadAsync(
        AccountId account, long? generation, CancellationToken cancellation)
    {
        var read = (RedisResult[])(await UnsealedScript.EvaluateAsync(
            database,
            [RedisKeys.Root(account.Partition)],
            [
                generation?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
                account.ToString(),
                RedisKeys.SealFromLeaves,
                RedisKeys.PageLeaves,
            ],
            timeout,
            cancellation))!;
        return read.Length == 0 ? null : new UnsealedPage(
            new RedisKeys(account.Partition, (long)read[0]),
            account,
            (long)read[1],
            [.. read.Skip(2).Select(leaf => (byte[])leaf!)]);
    }

    /// <summary>Seals a page; false if that was done meanwhile, or its generation is not in use any more.</summary>
    public async Task<bool> TrySealAsync(UnsealedPage page, CancellationToken cancellation) =>
        (long)await SealScript.EvaluateAsync(
            database,
            [RedisKeys.Root(page.Keys.Partition), page.Keys.History(page.Account), page.Keys.Pages(page.Account)],
            [page.Keys.Generation, page.Number, HistoryPage.Seal(page.Leaves), RedisKeys.PageLeaves],
            timeout,
            cancellation) == 1;
}
