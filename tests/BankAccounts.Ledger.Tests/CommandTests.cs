using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>One table per command, in the order of its refusals: what is asked, and what becomes of it.</summary>
public sealed class CommandTests
{
    private const long Limit = long.MaxValue;

    /// <summary>One line: accounts that are there, the command, the decision.</summary>
    public sealed record Row(string Name, LogRecord When, Reason Reason, long Balance, long Version)
    {
        public Account? Given { get; init; }

        public override string ToString() => Name;
    }

    public static TheoryData<Row> Creates() =>
    [
        new("exists", Create(Alice), Reason.AccountExists, 50, 4) { Given = Open(50) },
        new("exists, with other words", Create(Alice, "Al", "EUR"), Reason.AccountExists, 50, 4) { Given = Open(50) },
        new("exists, though closed", Create(Alice), Reason.AccountExists, 0, 4) { Given = Closed() },
        new("accepted", Create(Alice, "Zoë 𝔘", "EUR"), Reason.Unspecified, 0, 1),
    ];

    public static TheoryData<Row> Deposits() =>
    [
        new("not found", Deposit(Alice, 1), Reason.AccountNotFound, 0, 0),
        new("not found, and no limit", Deposit(Alice, Bounds.MaxAmount, "EUR"), Reason.AccountNotFound, 0, 0),
        new("closed", Deposit(Alice, 1), Reason.AccountClosed, 0, 4) { Given = Closed() },
        new("closed, and another currency", Deposit(Alice, 1, "EUR"), Reason.AccountClosed, 0, 4) { Given = Closed() },
        new("another currency", Deposit(Alice, 1, "EUR"), Reason.CurrencyMismatch, 50, 4) { Given = Open(50) },
        new("another currency, and beyond the limit", Deposit(Alice, 1, "EUR"), Reason.CurrencyMismatch, Limit, 4)
            { Given = Open(Limit) },
        new("beyond the limit", Deposit(Alice, 1), Reason.BalanceLimit, Limit, 4) { Given = Open(Limit) },
        new("beyond the limit by one", Deposit(Alice, 11), Reason.BalanceLimit, Limit - 10, 4)
            { Given = Open(Limit - 10) },
        new("to the limit", Deposit(Alice, 10), Reason.Unspecified, Limit, 5) { Given = Open(Limit - 10) },
        new("accepted", Deposit(Alice, 1), Reason.Unspecified, 51, 5) { Given = Open(50) },
        new("accepted, currency named", Deposit(Alice, 1, "USD"), Reason.Unspecified, 51, 5) { Given = Open(50) },
        new("accepted, the largest amount", Deposit(Alice, Bounds.MaxAmount), Reason.Unspecified, Bounds.MaxAmount, 5)
            { Given = Open(0) },
    ];

    public static TheoryData<Row> Withdrawals() =>
    [
        new("not found", Withdraw(Alice, 1), Reason.AccountNotFound, 0, 0),
        new("closed", Withdraw(Alice, 1), Reason.AccountClosed, 0, 4) { Given = Closed() },
        new("closed, and another currency", Withdraw(Alice, 1, "EUR"), Reason.AccountClosed, 0, 4) { Given = Closed() },
        new("another currency", Withdraw(Alice, 1, "EUR"), Reason.CurrencyMismatch, 50, 4) { Given = Open(50) },
        new("another currency, and too much", Withdraw(Alice, 51, "EUR"), Reason.CurrencyMismatch, 50, 4)
            { Given = Open(50) },
        new("too much by one", Withdraw(Alice, 51), Reason.InsufficientFunds, 50, 4) { Given = Open(50) },
        new("from nothing", Withdraw(Alice, 1), Reason.InsufficientFunds, 0, 4) { Given = Open(0) },
        new("too much by far", Withdraw(Alice, Bounds.MaxAmount), Reason.InsufficientFunds, 50, 4) { Given = Open(50) },
        new("all of it", Withdraw(Alice, 50), Reason.Unspecified, 0, 5) { Given = Open(50) },
        new("accepted", Withdraw(Alice, 20), Reason.Unspecified, 30, 5) { Given = Open(50) },
        new("accepted, currency named", Withdraw(Alice, 20, "USD"), Reason.Unspecified, 30, 5) { Given = Open(50) },
        new("from the limit", Withdraw(Alice, 1), Reason.Unspecified, Limit - 1, 5) { Given = Open(Limit) },
    ];

    [Theory]
    [MemberData(nameof(Creates))]
    [MemberData(nameof(Deposits))]
    [MemberData(nameof(Withdrawals))]
    public void A_command_is_decided_by_the_first_rule_that_matches(Row row)
    {
        var spec = LedgerSpec.Given(Create(Bob));
        if (row.Given is { } account)
        {
            spec.And(Alice, account);
        }

        spec.When(row.When).ThenDecided(row.Reason, row.Balance, row.Version, offset: 1);

        var accepted = row.Reason == Reason.Unspecified;
        Assert.Equal(row.Reason == Reason.AccountNotFound ? [] : [Alice], spec.Last.Accounts.Keys);
        Assert.Equal(accepted ? 2 : 1, spec.Ledger.Head.Accepted);
        Assert.Equal(accepted ? 0 : 1, spec.Ledger.Head.Rejected);
        Assert.Equal(row.Given is null && accepted ? 2 : 1, spec.Ledger.Head.Accounts);
        Assert.Equal(row.Reason == Reason.AccountNotFound ? 0 : 1, spec.Last.History.Count);
        if (!accepted)
        {
            Assert.Equal(row.Given?.WithEntry(spec.Log.NextMs - 1, spec.LeafOf(Alice)), spec.Ledger.Accounts[Alice]);
        }
    }

    [Fact]
    public void An_account_begins_as_it_was_asked_for_with_balance_0_and_version_1()
    {
        var spec = LedgerSpec.Given(Create(Alice, "Zoë 𝔘", "EUR"));

        var expected = new Account(
            ByteString.CopyFromUtf8("Zoë 𝔘"), ByteString.CopyFromUtf8("EUR"), 0, IsClosed: false, StartMs, 1,
            Entries: 1, LastEntryMs: StartMs)
        {
            Leaf = spec.LeafOf(Alice),
        };
        Assert.Equal(expected, spec.Ledger.Accounts[Alice]);
        Assert.Equal(expected, spec.Last.Accounts[Alice]);
    }

    [Fact]
    public void A_life_of_an_account_counts_its_versions_by_what_was_accepted()
    {
        LedgerSpec.Given(Create(Alice))
            .When(Deposit(Alice, 100)).ThenAccepted(balance: 100, version: 2)
            .When(Withdraw(Alice, 30)).ThenAccepted(balance: 70, version: 3)
            .When(Withdraw(Alice, 71)).ThenRefused(Reason.InsufficientFunds, balance: 70, version: 3)
            .When(Withdraw(Alice, 70)).ThenAccepted(balance: 0, version: 4)
            .When(Create(Alice)).ThenRefused(Reason.AccountExists, balance: 0, version: 4)
            .When(Deposit(Bob, 1)).ThenRefused(Reason.AccountNotFound, balance: 0, version: 0);
    }

    [Fact]
    public void Deposits_of_the_largest_amount_reach_the_limit_and_never_pass_it()
    {
        var spec = LedgerSpec.Given(Create(Alice));
        var times = long.MaxValue / Bounds.MaxAmount;
        for (var i = 1; i <= times; i++)
        {
            spec.When(Deposit(Alice, Bounds.MaxAmount)).ThenAccepted(i * Bounds.MaxAmount, i + 1);
        }
        spec.When(Deposit(Alice, Bounds.MaxAmount))
            .ThenRefused(Reason.BalanceLimit, times * Bounds.MaxAmount, times + 1);
    }

    [Fact]
    public void Accepted_and_refused_alike_go_into_the_history_in_the_order_of_the_log()
    {
        var spec = LedgerSpec.Given(Create(Alice), Create(Bob));
        var changes = new Changes();
        foreach (var command in (LogRecord[])[
            Deposit(Alice, 10, description: "gift").As("r1"), Deposit(Bob, 5), Withdraw(Alice, 11), Create(Alice)])
        {
            spec.Ledger.Apply(spec.Ledger.Read(spec.Log.AppendOne(command)), changes);
        }

        Assert.Equal([Alice, Bob, Alice, Alice], changes.History.Select(entry => entry.Account));
        Assert.Equal(
            [
                new Decision(Reason.Unspecified, 10, 2, 2),
                new Decision(Reason.Unspecified, 5, 2, 3),
                new Decision(Reason.InsufficientFunds, 10, 2, 4),
                new Decision(Reason.AccountExists, 10, 2, 5),
            ],
            changes.History.Select(entry => entry.Decision));
        Assert.Equal("gift", changes.History[0].Texts.Description.ToStringUtf8());
        Assert.Equal([Alice, Bob], changes.Accounts.Keys);
        Assert.Equal(10, changes.Accounts[Alice].Balance);
    }

    [Fact]
    public void Entries_are_numbered_without_a_gap_and_their_time_never_goes_back()
    {
        var spec = LedgerSpec.Given(Create(Alice).At(StartMs), Create(Bob).At(StartMs));
        var changes = new Changes();
        foreach (var command in (LogRecord[])[
            Deposit(Alice, 10).At(StartMs + 500),
            Withdraw(Alice, 11).At(StartMs + 100),
            Deposit(Bob, 1).At(StartMs + 100),
            Deposit(Id(9), 1).At(StartMs + 700),
            Deposit(Alice, 10).At(StartMs + 501)])
        {
            spec.Ledger.Apply(spec.Ledger.Read(spec.Log.AppendOne(command)), changes);
        }

        Assert.Equal(
            [(Alice, 2, 500, 2), (Alice, 3, 500, 3), (Bob, 2, 100, 4), (Alice, 4, 501, 6)],
            changes.History.Select(entry => (entry.Account, entry.Number, entry.TimeMs - StartMs, entry.Offset)));
        Assert.Equal((4, StartMs + 501), (spec.Ledger.Accounts[Alice]!.Entries, spec.Ledger.Accounts[Alice]!.LastEntryMs));
        Assert.Equal(3, spec.Ledger.Accounts[Alice]!.Version);
    }

    [Fact]
    public void The_time_of_a_record_decides_nothing_but_when_its_account_was_opened()
    {
        var spec = LedgerSpec.Given(Create(Alice).At(StartMs), Create(Bob).At(5));

        Assert.Equal(5, spec.Ledger.Accounts[Bob]!.OpenedAtMs);
        Assert.Equal(StartMs, spec.Ledger.Head.StreamTimeMs);
    }

    private static Account Open(long balance) => new(
        ByteString.CopyFromUtf8("Alice"), ByteString.CopyFromUtf8("USD"), balance, IsClosed: false, StartMs, 4);

    private static Account Closed() => Open(0) with { IsClosed = true };
}
