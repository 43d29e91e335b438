using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>The destination's half of a transfer.</summary>
public sealed class CreditTests
{
    /// <summary>One line: the account that is there, what comes for it, the decision.</summary>
    public sealed record Row(string Name, long Amount, string Currency, Reason Reason, long Balance, long Version)
    {
        public Account? Given { get; init; }

        public override string ToString() => Name;
    }

    public static TheoryData<Row> Credits() =>
    [
        new("not found", 1, "USD", Reason.DestinationNotFound, 0, 0),
        new("closed", 1, "USD", Reason.DestinationClosed, 0, 4) { Given = Open(0) with { IsClosed = true } },
        new("closed, and another currency", 1, "EUR", Reason.DestinationClosed, 0, 4)
            { Given = Open(0) with { IsClosed = true } },
        new("another currency", 1, "EUR", Reason.DestinationCurrencyMismatch, 50, 4) { Given = Open(50) },
        new("another currency, and beyond the limit", 1, "EUR", Reason.DestinationCurrencyMismatch, long.MaxValue, 4)
            { Given = Open(long.MaxValue) },
        new("beyond the limit", 1, "USD", Reason.DestinationBalanceLimit, long.MaxValue, 4)
            { Given = Open(long.MaxValue) },
        new("beyond the limit with what is on its way", 11, "USD", Reason.DestinationBalanceLimit, long.MaxValue - 20, 4)
            { Given = Open(long.MaxValue - 20) with { Unsettled = 10 } },
        new("to the limit", 10, "USD", Reason.Unspecified, long.MaxValue - 10, 5)
            { Given = Open(long.MaxValue - 20) with { Unsettled = 10 } },
        new("accepted", 1, "USD", Reason.Unspecified, 51, 5) { Given = Open(50) },
    ];

    [Theory]
    [MemberData(nameof(Credits))]
    public void A_credit_is_decided_by_the_first_rule_that_matches_and_answered(Row row)
    {
        var spec = new LedgerSpec();
        spec.Ledger.Accounts.Set(Alice, row.Given, batch: 0);
        var credit = CreditsOf((Zoe, Alice, row.Amount, row.Currency))[0];

        spec.When(credit).ThenDecided(row.Reason, row.Balance, row.Version, offset: 0);

        Assert.Equal(
            new TransferSettleEvent
            {
                FromAccountId = Bytes(Zoe),
                ToAccountId = Bytes(Alice),
                Sequence = 1,
                Chain = credit.TransferCredit.Chain,
                LastSequence = 1,
                Reason = (int)row.Reason,
            },
            spec.Answer);
        var channel = Assert.Single(spec.Last.Incoming);
        Assert.Equal((1, credit.TransferCredit.Chain), (channel.LastSequence, ByteString.CopyFrom(channel.Chain)));
        var isAccepted = row.Reason == Reason.Unspecified;
        Assert.Equal(isAccepted ? 0 : 1, channel.Refused.Count);
        Assert.Equal((isAccepted ? 1 : 0, isAccepted ? 0 : 1), (spec.Ledger.Head.Credited, spec.Ledger.Head.Refused));
        Assert.Equal(row.Given is null ? 0 : 1, spec.Last.History.Count);
        Assert.All(spec.Last.History, entry => Assert.Equal(Kind.TransferIn, entry.Kind));
    }

    [Fact]
    public void A_credit_that_was_taken_is_answered_again_with_the_last_number()
    {
        var credits = CreditsOf((Zoe, Alice, 5, "USD"), (Zoe, Bob, 6, "USD"));
        var spec = LedgerSpec.Given(Create(Alice)).When(credits[0]).When(credits[1]);
        Assert.Equal((int)Reason.DestinationNotFound, spec.Answer.Reason);

        spec.When(credits[0]).ThenVoid(VoidReason.CreditRepeated);
        Assert.Equal((1, 2, 0), (spec.Answer.Sequence, spec.Answer.LastSequence, spec.Answer.Reason));
        spec.When(credits[1]).ThenVoid(VoidReason.CreditRepeated);
        Assert.Equal((2, 2, (int)Reason.DestinationNotFound),
            (spec.Answer.Sequence, spec.Answer.LastSequence, spec.Answer.Reason));
        Assert.Equal(5, spec.Ledger.Accounts[Alice]!.Balance);
    }

    [Fact]
    public void A_refusal_stays_a_refusal_though_the_account_came_later()
    {
        var credit = CreditsOf((Zoe, Alice, 5, "USD"))[0];
        var spec = new LedgerSpec().When(credit).When(Create(Alice)).When(credit).ThenVoid(VoidReason.CreditRepeated);
        Assert.Equal((int)Reason.DestinationNotFound, spec.Answer.Reason);
    }

    [Fact]
    public void A_credit_that_overtook_another_is_void_and_comes_again()
    {
        var credits = CreditsOf((Zoe, Alice, 5, "USD"), (Zoe, Alice, 6, "USD"), (Zoe, Alice, 7, "USD"));
        var spec = LedgerSpec.Given(Create(Alice)).When(credits[1]).ThenVoid(VoidReason.CreditGap);
        Assert.Empty(spec.Last.Settlements);
        Assert.Empty(spec.Last.Incoming);

        spec.When(credits[0]).ThenAccepted(5, 2)
            .When(credits[2]).ThenVoid(VoidReason.CreditGap)
            .When(credits[1]).ThenAccepted(11, 3)
            .When(credits[2]).ThenAccepted(18, 4);
    }

    [Fact]
    public void A_credit_that_does_not_continue_the_chain_halts_its_channel_and_no_other()
    {
        var credits = CreditsOf((Zoe, Alice, 5, "USD"), (Zoe, Alice, 6, "USD"));
        var spec = LedgerSpec.Given(Create(Alice)).When(credits[0]);

        spec.When(credits[1].With(copy => copy.TransferCredit.Amount = 7)).ThenVoid(VoidReason.CreditOrphan);
        Assert.Empty(spec.Last.Settlements);
        Assert.Equal(2, Assert.Single(spec.Last.Incoming).HaltedBy);

        spec.When(credits[1]).ThenVoid(VoidReason.ChannelHalted)
            .When(credits[0]).ThenVoid(VoidReason.ChannelHalted);
        Assert.Empty(spec.Last.Settlements);
        Assert.Equal(5, spec.Ledger.Accounts[Alice]!.Balance);
        spec.When(CreditsOf((Id(1, 6), Alice, 1, "USD"))[0]).ThenAccepted(6, 3);
    }

    [Fact]
    public void Refusals_are_kept_until_the_source_says_that_it_has_settled_them()
    {
        var credits = CreditsOf((Zoe, Bob, 1, "USD"), (Zoe, Bob, 2, "USD"), (Zoe, Bob, 3, "USD"), (Zoe, Bob, 4, "USD"));
        var spec = new LedgerSpec().When(credits[0]).When(credits[1]).When(credits[2].SettledBelow(2));
        var channel = Assert.Single(spec.Last.Incoming);
        Assert.Equal([2, 3], channel.Refused.Keys);
        Assert.Null(spec.Last.Refused[new(OtherPartition, 1)]);

        // What is settled at the source is not answered again: the reason may be forgotten.
        spec.When(credits[0]).ThenVoid(VoidReason.CreditRepeated);
        Assert.Empty(spec.Last.Settlements);
        spec.When(credits[1]).ThenVoid(VoidReason.CreditRepeated);
        Assert.Equal((int)Reason.DestinationNotFound, spec.Answer.Reason);

        // A repeated credit frees as well; one that was on its way for long takes nothing back.
        spec.When(credits[2].SettledBelow(3)).ThenVoid(VoidReason.CreditRepeated);
        Assert.Equal([3], channel.Refused.Keys);
        spec.When(credits[3].SettledBelow(1));
        Assert.Equal(3, channel.SettledBelow);
        Assert.Equal([3, 4], channel.Refused.Keys);
    }

    public static TheoryData<string, Action<TransferCreditEvent>> ImpossibleCredits() => new()
    {
        { "no number", credit => credit.Sequence = 0 },
        { "no amount", credit => credit.Amount = 0 },
        { "no currency", credit => credit.CurrencyCode = ByteString.Empty },
        { "no chain", credit => credit.Chain = ByteString.Empty },
        { "a source that is no account", credit => credit.FromAccountId = ByteString.CopyFrom(new byte[16]) },
        { "a negative offset", credit => credit.SourceOffset = -1 },
        { "nothing settled below 0", credit => credit.SettledBelow = 0 },
        { "settled itself", credit => credit.SettledBelow = 2 },
    };

    [Theory]
    [MemberData(nameof(ImpossibleCredits))]
    public void A_credit_out_of_its_bounds_is_void(string what, Action<TransferCreditEvent> difference)
    {
        Assert.NotNull(what);
        var credit = CreditsOf((Zoe, Alice, 5, "USD"))[0].With(copy => difference(copy.TransferCredit));
        LedgerSpec.Given(Create(Alice)).When(credit).ThenVoid(VoidReason.Impossible);
    }

    [Fact]
    public void A_transfer_within_a_partition_takes_the_same_three_steps()
    {
        var spec = LedgerSpec.Given(Create(Alice), Create(Bob), Deposit(Alice, 9), Transfer(Alice, Bob, 4));
        var transfer = spec.Ledger.Outgoing[Partition].Find(1)!;
        var credit = CreditsOf((Alice, Bob, 4, "USD"))[0].With(copy =>
        {
            copy.TransferCredit.SourceOffset = transfer.Offset;
            copy.TransferCredit.Chain = ByteString.CopyFrom(transfer.Chain);
        });

        spec.When(credit).ThenAccepted(4, 2);
        spec.When(new LogRecord { TransferSettle = spec.Answer }).ThenFinal(offset: 3, Reason.Unspecified, 5, 4);
        Assert.Equal((5, 0, 4), (
            spec.Ledger.Accounts[Alice]!.Balance, spec.Ledger.Accounts[Alice]!.Unsettled,
            spec.Ledger.Accounts[Bob]!.Balance));
    }

    private static Account Open(long balance) => new(
        ByteString.CopyFromUtf8("Alice"), ByteString.CopyFromUtf8("USD"), balance, IsClosed: false, StartMs, 4);
}
