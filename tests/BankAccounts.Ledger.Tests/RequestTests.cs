using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>Rule 4: one effect per account and request id.</summary>
public sealed class RequestTests
{
    [Fact]
    public void A_request_asked_again_gets_the_first_decision_and_has_no_further_effect()
    {
        var spec = LedgerSpec.Given(Create(Alice), Deposit(Alice, 5).As("r"), Withdraw(Alice, 2));

        spec.When(Deposit(Alice, 5).As("r")).ThenDecided(Reason.Unspecified, 5, 2, offset: 1).ThenNothingChanged();

        Assert.Equal(3, spec.Ledger.Accounts[Alice]!.Balance);
        Assert.Equal((3, 0, 1, 0), (
            spec.Ledger.Head.Accepted, spec.Ledger.Head.Rejected, spec.Ledger.Head.Repeated, spec.Ledger.Head.Voids));
    }

    [Fact]
    public void A_refusal_is_remembered_too_even_where_the_request_would_be_accepted_now()
    {
        LedgerSpec.Given(Create(Alice))
            .When(Withdraw(Alice, 5).As("r")).ThenRefused(Reason.InsufficientFunds, balance: 0, version: 1)
            .When(Deposit(Alice, 9)).ThenAccepted(balance: 9, version: 2)
            .When(Withdraw(Alice, 5).As("r")).ThenDecided(Reason.InsufficientFunds, 0, 1, offset: 1);
    }

    [Fact]
    public void Not_found_is_remembered_though_the_account_came_later()
    {
        LedgerSpec.Given()
            .When(Deposit(Alice, 5).As("r")).ThenRefused(Reason.AccountNotFound, balance: 0, version: 0)
            .When(Create(Alice)).ThenAccepted(balance: 0, version: 1)
            .When(Deposit(Alice, 5).As("r")).ThenDecided(Reason.AccountNotFound, 0, 0, offset: 0);
    }

    public static TheoryData<string, LogRecord> Others() => new()
    {
        { "another amount", Deposit(Alice, 6, "USD", "gift") },
        { "another currency", Deposit(Alice, 5, "", "gift") },
        { "another description", Deposit(Alice, 5, "USD", "gif") },
        { "no description", Deposit(Alice, 5, "USD") },
        { "another kind", Withdraw(Alice, 5, "USD", "gift") },
        { "a create", Create(Alice) },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void The_same_id_with_another_content_is_refused_and_the_first_stays_remembered(
        string what, LogRecord other)
    {
        Assert.NotNull(what);
        var spec = LedgerSpec.Given(Create(Alice), Deposit(Alice, 5, "USD", "gift").As("r"));

        spec.When(other.As("r")).ThenRefused(Reason.RequestIdReused, balance: 5, version: 2);
        Assert.Equal((5, 2, 3), (spec.Last.Accounts[Alice].Balance, spec.Last.Accounts[Alice].Version, spec.Last.Accounts[Alice].Entries));
        Assert.Empty(spec.Last.Requests);
        Assert.Single(spec.Last.History);
        Assert.Equal(1, spec.Ledger.Head.Rejected);

        spec.When(Deposit(Alice, 5, "USD", "gift").As("r")).ThenDecided(Reason.Unspecified, 5, 2, offset: 1);
    }

    [Fact]
    public void Reuse_comes_before_every_other_refusal_and_has_no_history_without_an_account()
    {
        var spec = LedgerSpec.Given(Deposit(Alice, 5).As("r"));
        spec.When(Withdraw(Alice, 5).As("r")).ThenRefused(Reason.RequestIdReused, balance: 0, version: 0);
        Assert.Empty(spec.Last.History);
    }

    [Fact]
    public void Time_process_trace_and_reply_channel_are_no_part_of_what_was_asked()
    {
        LedgerSpec.Given(Create(Alice), Deposit(Alice, 5).As("r"))
            .When(Deposit(Alice, 5).As("r").By(9, 1).At(5).To("elsewhere")
                .With(r => r.Traceparent = ByteString.CopyFromUtf8("00-1-2-01")))
            .ThenDecided(Reason.Unspecified, 5, 2, offset: 1);
    }

    [Fact]
    public void The_same_id_on_two_accounts_is_two_requests()
    {
        LedgerSpec.Given(Create(Alice).As("r"), Create(Bob).As("r"))
            .When(Deposit(Alice, 5).As("r2")).ThenAccepted(balance: 5, version: 2)
            .When(Deposit(Bob, 5).As("r2")).ThenAccepted(balance: 5, version: 2);
    }

    [Fact]
    public void Ids_are_compared_byte_for_byte()
    {
        LedgerSpec.Given(Create(Alice), Deposit(Alice, 1).As("\u00E9"))
            .When(Deposit(Alice, 1).As("e\u0301")).ThenAccepted(balance: 2, version: 3)
            .When(Deposit(Alice, 1).As("\u00C9")).ThenAccepted(balance: 3, version: 4)
            .When(Deposit(Alice, 1).As("\u00E9 ")).ThenAccepted(balance: 4, version: 5)
            .When(Deposit(Alice, 1).As("\u00E9")).ThenDecided(Reason.Unspecified, 1, 2, offset: 1);
    }

    [Fact]
    public void Without_an_id_every_command_is_one_of_its_own()
    {
        var spec = LedgerSpec.Given(Create(Alice))
            .When(Deposit(Alice, 5)).ThenAccepted(balance: 5, version: 2)
            .When(Deposit(Alice, 5)).ThenAccepted(balance: 10, version: 3);
        Assert.Equal(0, spec.Ledger.RequestOrder.Count);
    }

    [Fact]
    public void A_create_asked_again_by_its_request_is_the_first_create()
    {
        LedgerSpec.Given(Create(Alice).As("open"))
            .When(Create(Alice).As("open")).ThenDecided(Reason.Unspecified, 0, 1, offset: 0)
            .When(Create(Alice).As("open 2")).ThenRefused(Reason.AccountExists, balance: 0, version: 1);
    }

    /// <summary>The first 16 bytes of SHA-256, as an independent program computed them.</summary>
    [Fact]
    public void Fingerprints_are_fixed_for_ever()
    {
        Assert.Equal("0bc5f3ddba33788bd9130f5f13c39832", Hex(Create(Alice, "Zoë 𝔘", "EUR")));
        Assert.Equal("31bbba389da833229322b62f9ef022cf", Hex(Deposit(Bob, 1000, "EUR", "café")));
        Assert.Equal("4255bbb14ecd40efe0f618e8d064a19f", Hex(Withdraw(Alice, Bounds.MaxAmount)));
    }

    [Fact]
    public void Where_one_field_ends_and_the_next_begins_is_part_of_a_fingerprint()
    {
        Assert.NotEqual(Hex(Deposit(Alice, 1, "USD", "x")), Hex(Deposit(Alice, 1, "", "USDx")));
    }

    private static string Hex(LogRecord command) => Convert.ToHexStringLower(Fingerprint.Of(command).Span);
}
