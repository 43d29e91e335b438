using BankAccounts.EndToEnd.Tests;
using BankAccounts.Tests.Logs;
using BankAccounts.V1;
using Google.Protobuf.Collections;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>Lists of accounts and of histories, page by page.</summary>
public sealed class ListTests(QueryHost host) : QueryTest(host)
{
    [Fact]
    public async Task Every_account_is_in_exactly_one_page_partition_by_partition_and_by_name()
    {
        await GivenAsync([.. Enumerable.Range(0, 40).Select(
            i => Create(Id(i, i % 5), $"{(char)('z' - (i % 7))} {i}"))]);
        var all = new List<Account>();
        var request = new ListAccountsRequest { PageSize = 7 };
        do
        {
            var page = await Queries.ListAccountsAsync(request);
            Assert.InRange(page.Accounts.Count, 0, 7);
            Assert.Equal(page.Position.Select(position => position.Partition).Distinct().Count(), page.Position.Count);
            all.AddRange(page.Accounts);
            request.PageToken = page.NextPageToken;
            // Accounts that come meanwhile move nothing.
            await GivenAsync(Create(Id(100 + all.Count, 7), "newcomer"));
        }
        while (request.PageToken.Length > 0);

        var old = all.Where(account => account.HolderName != "newcomer").ToList();
        Assert.Equal(40, old.Select(account => account.AccountId).Distinct().Count());
        Assert.Equal(40, old.Count);
        Assert.Equal(all.Count, all.Select(account => account.AccountId).Distinct().Count());
        Assert.Equal(
            old.OrderBy(account => account.AccountId[..4], StringComparer.Ordinal)
                .ThenBy(account => account.HolderName, StringComparer.Ordinal),
            old);
    }

    [Fact]
    public async Task Accounts_are_filtered_by_the_beginning_of_the_name_byte_for_byte_and_by_state()
    {
        await GivenAsync(
            Create(Id(1), "Zoë"), Create(Id(2), "Zo"), Create(Id(3), "Zoé"), Create(Id(4), "zoë"), Create(Id(5), "Zp"),
            Create(Id(6, 4), "Zoë"), Close(Id(6, 4)), Close(Id(2)));

        Assert.Equal([2, 3, 1, 6], await NumbersAsync(new() { HolderNamePrefix = "Zo" }));
        Assert.Equal([1, 6], await NumbersAsync(new() { HolderNamePrefix = "Zoë" }));
        Assert.Equal([3, 1], await NumbersAsync(new() { HolderNamePrefix = "Zo", State = AccountState.Open }));
        Assert.Equal([2, 6], await NumbersAsync(new() { State = AccountState.Closed, PageSize = 1 }));
        Assert.Empty(await NumbersAsync(new() { HolderNamePrefix = "Zoëe" }));
        Assert.Equal(6, (await NumbersAsync(new())).Count);
    }

    [Fact]
    public async Task Page_sizes_follow_the_rules_of_lists()
    {
        await GivenAsync([.. Enumerable.Range(0, 600).Select(i => Create(Id(i), $"{i:d3}"))]);
        Assert.Equal(50, (await Queries.ListAccountsAsync(new())).Accounts.Count);
        Assert.Equal(500, (await Queries.ListAccountsAsync(new() { PageSize = 100_000 })).Accounts.Count);
        Assert.Equal(3, (await Queries.ListAccountsAsync(new() { PageSize = 3 })).Accounts.Count);
        Malformed(await Refusal.OfAsync(Queries.ListAccountsAsync(new() { PageSize = -1 })), "page_size");
        Malformed(
            await Refusal.OfAsync(Queries.ListHistoryAsync(new() { AccountId = Alice.ToString(), PageSize = int.MinValue })),
            "page_size");
    }

    [Fact]
    public async Task A_token_is_good_for_its_own_list_only()
    {
        await GivenAsync(Create(Alice), Create(Bob), Deposit(Alice, 1), Deposit(Alice, 2));
        var accounts = (await Queries.ListAccountsAsync(new() { PageSize = 1 })).NextPageToken;
        var history = (await Queries.ListHistoryAsync(new() { AccountId = Alice.ToString(), PageSize = 1 })).NextPageToken;
        Assert.NotEmpty(accounts);
        Assert.NotEmpty(history);
        var altered = (history[0] == 'A' ? 'B' : 'A') + history[1..];

        foreach (var token in (string[])[history, accounts[1..], "", "%%%", "AAAA", new string('A', 3_000), accounts + "AA"])
        {
            if (token.Length > 0)
            {
                Malformed(await Refusal.OfAsync(Queries.ListAccountsAsync(new() { PageToken = token })), "page_token");
            }
        }
        Malformed(
            await Refusal.OfAsync(Queries.ListAccountsAsync(new() { PageToken = accounts, HolderNamePrefix = "A" })), "page_token");
        foreach (var (token, account) in ((string, AccountId)[])[(accounts, Alice), (altered, Alice), (history, Bob)])
        {
            Malformed(
                await Refusal.OfAsync(Queries.ListHistoryAsync(new() { AccountId = account.ToString(), PageToken = token })),
                "page_token");
        }
        // Page size and min_position are no part of the list.
        var next = await Queries.ListHistoryAsync(
            new() { AccountId = Alice.ToString(), PageToken = history, PageSize = 9, MinPosition = { At(Partition, 1) } });
        Assert.Equal([2, 1], next.Entries.Select(entry => entry.Number));
    }

    [Fact]
    public async Task A_history_is_listed_newest_first_across_its_pages_and_what_comes_meanwhile_moves_nothing()
    {
        await GivenLongHistoryAsync(Alice, 1_300);
        var numbers = new List<long>();
        var request = new ListHistoryRequest { AccountId = Alice.ToString(), PageSize = 170 };
        do
        {
            var page = await Queries.ListHistoryAsync(request);
            numbers.AddRange(page.Entries.Select(entry => entry.Number));
            request.PageToken = page.NextPageToken;
            await GivenAsync(Deposit(Alice, 1));
            await Host.SealAsync(Alice);
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(Enumerable.Range(1, 1_300).Reverse().Select(number => (long)number), numbers);
    }

    [Fact]
    public async Task An_entry_tells_everything_of_both_sides_of_a_transfer_and_of_a_refusal()
    {
        var (carol, missing) = (Id(52, 4), Id(53, 4));
        Log.Append(Create(Alice).At(StartMs)).Append(Create(carol)).Append(Deposit(Alice, 100, description: "gift").As("r1"))
            .Append(Transfer(Alice, carol, 30, description: "rent").As("t1"))
            .Append(Transfer(Alice, missing, 20)).Append(Withdraw(Alice, 51))
            .Credit(3, 4, 1).Settle(4).Credit(3, 4, 2).Settle(4);
        await Host.FoldAsync(Log);

        var entries = (await Queries.ListHistoryAsync(new() { AccountId = Alice.ToString() })).Entries;
        Assert.Equal(
            [
                (7, EntryKind.TransferRefunded, 20, Outcome.Rejected, "DESTINATION_NOT_FOUND", 70, 3, 6),
                (6, EntryKind.TransferSettled, 30, Outcome.Accepted, "", 50, 2, 5),
                (5, EntryKind.Withdraw, 51, Outcome.Rejected, "INSUFFICIENT_FUNDS", 50, 4, 4),
                (4, EntryKind.TransferOut, 20, Outcome.Pending, "", 50, 3, 3),
                (3, EntryKind.TransferOut, 30, Outcome.Pending, "", 70, 2, 2),
                (2, EntryKind.Deposit, 100, Outcome.Accepted, "", 100, 1, 1),
                (1, EntryKind.Create, 0, Outcome.Accepted, "", 0, 0, 0),
            ],
            entries.Select(entry => (
                entry.Number, entry.Kind, entry.Amount, entry.Decision.Outcome, entry.Decision.Reason, entry.Decision.Balance,
                entry.Decision.Position.Offset, entry.Position.Offset)));
        var rent = entries.Single(entry => entry.Number == 3);
        Assert.Equal(("rent", "t1", carol.ToString()), (rent.Description, rent.RequestId, rent.CounterpartyAccountId));
        var received = Assert.Single((await Queries.ListHistoryAsync(
            new() { AccountId = carol.ToString(), Kinds = { EntryKind.TransferIn } })).Entries);
        Assert.Equal(
            ("rent", "", Alice.ToString(), 30), (received.Description, received.RequestId, received.CounterpartyAccountId, received.Amount));
    }

    [Fact]
    public async Task A_history_is_filtered_by_time_kind_and_outcome()
    {
        await GivenLongHistoryAsync(Alice, 1_300);
        Assert.Equal(
            [302, 301, 300],
            await EntriesAsync(new() { StartTime = TimeOf(300), EndTime = TimeOf(303) }));
        Assert.Equal(
            [302, 301],
            await EntriesAsync(new() { StartTime = TimeOf(300, 1), EndTime = TimeOf(302, 1) }));
        Assert.Equal([1], await EntriesAsync(new() { EndTime = TimeOf(2) }));
        Assert.Equal([1_300], await EntriesAsync(new() { StartTime = TimeOf(1_300) }));
        Assert.Empty(await EntriesAsync(new() { StartTime = TimeOf(2_000) }));
        Assert.Empty(await EntriesAsync(new() { StartTime = TimeOf(5), EndTime = TimeOf(5) }));
        Assert.Equal(324, (await EntriesAsync(new() { Outcome = Outcome.Rejected, PageSize = 100 })).Count);
        Assert.Equal([1], await EntriesAsync(new() { Kinds = { EntryKind.Create, EntryKind.Close } }));
        Assert.Equal(
            [305],
            await EntriesAsync(new()
            {
                Kinds = { EntryKind.Withdraw },
                Outcome = Outcome.Rejected,
                StartTime = TimeOf(302),
                EndTime = TimeOf(309),
            }));

        Malformed(
            await Refusal.OfAsync(Queries.ListHistoryAsync(new()
            {
                AccountId = Alice.ToString(),
                StartTime = TimeOf(3),
                EndTime = TimeOf(2),
                Kinds = { EntryKind.Unspecified },
                Outcome = (Outcome)77,
            })),
            "end_time", "kinds", "outcome");
    }

    [Fact]
    public async Task A_search_in_a_history_that_has_nothing_of_the_kind_ends_page_by_page()
    {
        await GivenLongHistoryAsync(Alice, 5_000);
        var request = new ListHistoryRequest { AccountId = Alice.ToString(), Kinds = { EntryKind.Close } };
        var first = await Queries.ListHistoryAsync(request);
        Assert.Empty(first.Entries);
        Assert.NotEmpty(first.NextPageToken);
        Assert.Empty(await EntriesAsync(request));
    }

    private async Task<List<long>> EntriesAsync(ListHistoryRequest request)
    {
        request.AccountId = Alice.ToString();
        var numbers = new List<long>();
        do
        {
            var page = await Queries.ListHistoryAsync(request);
            numbers.AddRange(page.Entries.Select(entry => entry.Number));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return numbers;
    }

    private async Task<List<int>> NumbersAsync(ListAccountsRequest request)
    {
        var accounts = new RepeatedField<Account>();
        do
        {
            var page = await Queries.ListAccountsAsync(request);
            accounts.AddRange(page.Accounts);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return [.. accounts.Select(account => int.Parse(account.AccountId[^3..], System.Globalization.NumberStyles.HexNumber, null))];
    }
}
