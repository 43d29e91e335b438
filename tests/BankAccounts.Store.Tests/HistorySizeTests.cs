using System.Diagnostics;
using System.Globalization;
using BankAccounts.ProjectionService.History;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Tests.Logs;
using Xunit.Abstractions;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>What a history costs in Redis, as docs/ARCHITECTURE.md says it.</summary>
public sealed class HistorySizeTests(Redis redis, ITestOutputHelper output) : StoreTest(redis)
{
    private const int Entries = 10_256;

    [Theory]
    [InlineData("no request id, no description", 100, 25)]
    [InlineData("a UUID as request id, one of five descriptions", 150, 60)]
    public async Task An_entry_costs_so_many_bytes_in_the_list_and_in_a_page(string what, int inList, int inPage)
    {
        var hasTexts = what.Contains("UUID", StringComparison.Ordinal);
        await FoldAsync(LogOf(hasTexts));
        var keys = new RedisKeys(Partition, await Redis.GenerationAsync());
        var list = await BytesAsync(keys.History(Alice)) / Entries;

        var watch = Stopwatch.StartNew();
        var pages = await new PageStore(Redis.Database, Redis.Timeout)
            .SealDueAsync(Alice, generation: null, CancellationToken.None);
        var perPage = watch.Elapsed / pages;

        var page = await BytesAsync(keys.Pages(Alice)) / (pages * RedisKeys.PageEntries);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {list} bytes an entry in the list, {page} in a page; {perPage.TotalMilliseconds:F2} ms a page"));
        Assert.InRange(list, 1, inList);
        Assert.InRange(page, 1, inPage);
    }

    private static List<LogEntry> LogOf(bool hasTexts)
    {
        var random = new Random(4);
        var id = new byte[16];
        string[] descriptions = ["rent", "salary November", "groceries", "coffee, two of them", "electricity"];
        var log = new LogWriter().Append(Create(Alice), Deposit(Alice, 1_000_000));
        for (var i = 2; i < Entries; i++)
        {
            log.NextMs += random.Next(10_000_000);
            var description = hasTexts ? descriptions[random.Next(5)] : string.Empty;
            var command = random.Next(2) == 0
                ? Deposit(Alice, random.Next(1, 20_000), description: description)
                : Withdraw(Alice, random.Next(1, 20_000), description: description);
            random.NextBytes(id);
            log.NextOffset += random.Next(1_000);
            log.AppendOne(hasTexts ? command.As(new Guid(id).ToString()) : command);
        }
        return log.Entries;
    }

    private async Task<long> BytesAsync(string key) =>
        (long)await Redis.Database.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", "0");
}
