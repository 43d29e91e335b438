using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>The source's half of a transfer, and closing: a table each, in the order of refusals.</summary>
public sealed class TransferTests
{
    private const long Limit = long.MaxValue;

    /// <summary>One line: the account that is there, the command, the decision.</summary>
    public sealed record Row(string Name, LogRecord When, Reason Reason, long Balance, long Version)
    {
        public Account? Given { get; init; }

        public bool IsFull { get; init; }

        public override string ToString() => Name;
    }

    public static TheoryData<Row> Transfers() =>
    [
        new("not found", Transfer(Alice, Zoe, 1), Reason.AccountNotFound, 0, 0),
        new("not found, and to a partition that is not there", Transfer(Alice, Zoe, 1, partitions: 5),
            Reason.AccountNotFound, 0, 0),
        new("to a partition that is not there", Transfer(Alice, Zoe, 1, partitions: 5),
            Reason.DestinationNotFound, 50, 4) { Given = Open(50) },
        new("to a partition that is not there, and closed", Transfer(Alice, Zoe, 1, partitions: 5),
            Reason.DestinationNotFound, 0, 4) { Given = Open(0) with { IsClosed = true } },
        new("closed", Transfer(Alice, Zoe, 1), Reason.AccountClosed, 0, 4) { Given = Open(0) with { IsClosed = true } },
        new("closed, and another currency", Transfer(Alice, Zoe, 1, "EUR"), Reason.AccountClosed, 0, 4)
            { Given = Open(0) with { IsClosed = true } },
        new("another currency", Transfer(Alice, Zoe, 1, "EUR"), Reason.CurrencyMismatch, 50, 4) { Given = Open(50) },
        new("another currency, and to itself", Transfer(Alice, Alice, 1, "EUR"), Reason.CurrencyMismatch, 50, 4)
            { Given = Open(50) },
        new("to itself", Transfer(Alice, Alice, 1), Reason.SameAccount, 50, 4) { Given = Open(50) },
        new("to itself, and too much", Transfer(Alice, Alice, 51), Reason.SameAccount, 50, 4) { Given = Open(50) },
        new("too much by one", Transfer(Alice, Zoe, 51), Reason.InsufficientFunds, 50, 4) { Given = Open(50) },
        new("too much, and the channel is full", Transfer(Alice, Zoe, 51), Reason.InsufficientFunds, 50, 4)
            { Given = Open(50), IsFull = true },
        new("what is on its way cannot be sent again", Transfer(Alice, Zoe, 51), Reason.InsufficientFunds, 50, 4)
            { Given = Open(50) with { Unsettled = 1_000 } },
        new("the channel is full", Transfer(Alice, Zoe, 50), Reason.ChannelFull, 50, 4)
            { Given = Open(50), IsFull = true },
        new("another channel is full", Transfer(Alice, Bob, 50), Reason.Unspecified, 0, 5)
            { Given = Open(50), IsFull = true },
        new("all of it", Transfer(Alice, Zoe, 50), Reason.Unspecified, 0, 5) { Given = Open(50) },
        new("accepted, currency named", Transfer(Alice, Zoe, 20, "USD"), Reason.Unspecified, 30, 5) { Given = Open(50) },
        new("accepted, in the same partition", Transfer(Alice, Bob, 20), Reason.Unspecified, 30, 5) { Given = Open(50) },
        new("from the limit", Transfer(Alice, Zoe, 1), Reason.Unspecified, Limit - 1, 5) { Given = Open(Limit) },
    ];

    public static TheoryData<Row> Closings() =>
    [
        new("not found", Close(Alice), Reason.AccountNotFound, 0, 0),
        new("closed", Close(Alice), Reason.AccountClosed, 0, 4) { Given = Open(0) with { IsClosed = true } },
        new("transfers not settled", Close(Alice), Reason.TransfersUnsettled, 0, 4)
            { Given = Open(0) with { Unsettled = 1 } },
        new("transfers not settled, and a balance", Close(Alice), Reason.TransfersUnsettled, 1, 4)
            { Given = Open(1) with { Unsettled = 1 } },
        new("a balance", Close(Alice), Reason.BalanceNotZero, 1, 4) { Given = Open(1) },
        new("accepted", Close(Alice), Reason.Unspecified, 0, 5) { Given = Open(0) },
    ];

    [Theory]
    [MemberData(nameof(Transfers))]
    [MemberData(nameof(Closings))]
    public void A_command_is_decided_by_the_first_rule_that_matches(Row row)
    {
        var spec = LedgerSpec.Given(Create(Bob));
        if (row.Given is { } account)
        {
            spec.And(Alice, account);
        }
        if (row.IsFull)
        {
            Fill(spec.Ledger);
        }
        spec.When(row.When);

        if (row.Reason == Reason.Unspecified && row.When.BodyCase == LogRecord.BodyOneofCase.Transfer)
        {
            spec.ThenPending(row.Balance, row.Version);
            Assert.Equal(row.Given!.Unsettled + row.When.Transfer.Amount, spec.Ledger.Accounts[Alice]!.Unsettled);
            Assert.Single(spec.Last.Unsettled);
            return;
        }
        spec.ThenDecided(row.Reason, row.Balance, row.Version, offset: 1);
        Assert.Empty(spec.Last.Unsettled);
        Assert.Empty(spec.Last.Outgoing);
        var refused = row.Given?.WithEntry(spec.Log.NextMs - 1, spec.LeafOf(Alice));
        Assert.Equal(row.Reason == Reason.Unspecified, spec.Ledger.Accounts[Alice] != refused);
    }

    [Fact]
    public void What_is_on_its_way_counts_against_the_limit_so_that_a_refund_always_has_room()
    {
        var spec = LedgerSpec.Given(Create(Bob)).And(Alice, Open(Limit));
        spec.When(Transfer(Alice, Zoe, 10)).ThenPending(Limit - 10, 5)
            .When(Deposit(Alice, 1)).ThenRefused(Reason.BalanceLimit, Limit - 10, 5);

        spec.When(spec.Ledger.SettleOf(OtherPartition, 1, Reason.DestinationBalanceLimit))
            .ThenFinal(offset: 1, Reason.DestinationBalanceLimit, Limit, 6);
        Assert.Equal(0, spec.Ledger.Accounts[Alice]!.Unsettled);
    }

    [Fact]
    public void A_transfer_is_pending_until_its_settlement_and_its_request_tells_the_same()
    {
        var spec = LedgerSpec.Given(Create(Alice), Deposit(Alice, 9));
        var asked = Transfer(Alice, Zoe, 4).As("t");
        spec.When(asked).ThenPending(5, 3);
        var pending = new Decision(Reason.Unspecified, 5, 3, 2, IsPending: true);

        spec.When(asked);
        Assert.Equal(pending, Assert.Single(spec.Last.Answers).Decision);
        spec.ThenNothingChanged().When(Transfer(Alice, Zoe, 5).As("t")).ThenRefused(Reason.RequestIdReused, 5, 3);
        spec.When(Close(Alice)).ThenRefused(Reason.TransfersUnsettled, 5, 3);

        spec.When(spec.Ledger.SettleOf(OtherPartition, 1)).ThenFinal(offset: 2, Reason.Unspecified, 5, 4);
        Assert.Equal(Kind.TransferSettled, Assert.Single(spec.Last.History).Kind);
        spec.When(asked).ThenDecided(Reason.Unspecified, 5, 4, offset: 2).ThenNothingChanged();
        Assert.Equal(1, spec.Ledger.Head.Settled);
    }

    [Fact]
    public void A_refused_transfer_comes_back_and_its_request_tells_the_destinations_reason()
    {
        var spec = LedgerSpec.Given(Create(Alice), Deposit(Alice, 9));
        var asked = Transfer(Alice, Zoe, 4).As("t");
        spec.When(asked);

        spec.When(spec.Ledger.SettleOf(OtherPartition, 1, Reason.DestinationClosed))
            .ThenFinal(offset: 2, Reason.DestinationClosed, 9, 4);
        var entry = Assert.Single(spec.Last.History);
        Assert.Equal(
            (Kind.TransferRefunded, 4, StartMs + 3, 3), (entry.Kind, entry.Number, entry.TimeMs, entry.Offset));
        Assert.Equal(
            new Decision(Reason.DestinationClosed, 9, 4, 2), Assert.Single(spec.Last.Transfers).Value.Decision);
        spec.When(asked).ThenDecided(Reason.DestinationClosed, 9, 4, offset: 2);
        var expected = new Account(
            Open(0).HolderName, Open(0).CurrencyCode, 9, IsClosed: false, StartMs, 4,
            Entries: 4, LastEntryMs: StartMs + 3);
        Assert.Equal(expected with { Leaf = spec.LeafOf(Alice) }, spec.Ledger.Accounts[Alice]);
    }

    [Fact]
    public void A_transfers_request_takes_its_place_in_the_order_of_forgetting_when_it_is_settled()
    {
        var spec = LedgerSpec.Given(Create(Alice), Deposit(Alice, 9), Transfer(Alice, Zoe, 4).As("t"));
        Assert.Equal(0, spec.Ledger.RequestOrder.Count);
        spec.When(Deposit(Alice, 1).As("later"));
        spec.When(spec.Ledger.SettleOf(OtherPartition, 1));

        Assert.Equal("t", Assert.Single(spec.Last.Remembered).Key.Id.ToStringUtf8());
        Assert.Equal(2, spec.Ledger.RequestOrder.Count);
        Assert.Equal("later", spec.Ledger.RequestOrder.Oldest.Key.Id.ToStringUtf8());
    }

    public static TheoryData<string, Action<TransferSettleEvent>> WrongAnswers() => new()
    {
        { "a number that was not sent", settle => (settle.Sequence, settle.LastSequence) = (3, 3) },
        { "another chain", settle => settle.Chain = ByteString.CopyFrom(Digests.Empty()) },
        { "another source", settle => settle.FromAccountId = Bytes(Bob) },
        { "another destination of the channel", settle => settle.ToAccountId = Bytes(Yan) },
        { "a channel that is not there", settle => settle.ToAccountId = Bytes(Id(1, 6)) },
        { "a last number that was not sent", settle => settle.LastSequence = 3 },
    };

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public void An_answer_to_what_was_not_sent_is_void_and_moves_no_money(
        string what, Action<TransferSettleEvent> difference)
    {
        Assert.NotNull(what);
        var spec = LedgerSpec.Given(
            Create(Alice), Create(Bob), Deposit(Alice, 9), Transfer(Alice, Zoe, 4), Transfer(Alice, Zoe, 1));
        var answer = spec.Ledger.SettleOf(OtherPartition, 1);

        spec.When(answer.With(copy => difference(copy.TransferSettle))).ThenVoid(VoidReason.SettleOrphan);
        Assert.Empty(spec.Last.Unsettled);
        spec.When(answer).ThenFinal(offset: 3, Reason.Unspecified, 4, 5);
    }

    [Fact]
    public void Answers_may_come_in_any_order_and_any_number_of_times()
    {
        var spec = LedgerSpec.Given(
            Create(Alice), Deposit(Alice, 9), Transfer(Alice, Zoe, 4), Transfer(Alice, Yan, 1), Transfer(Alice, Zoe, 2));
        var first = spec.Ledger.SettleOf(OtherPartition, 1, Reason.DestinationNotFound, last: 2);
        var second = spec.Ledger.SettleOf(OtherPartition, 2, last: 3);

        spec.When(second).ThenFinal(offset: 3, Reason.Unspecified, 2, 6);
        Assert.Equal(3, spec.Last.TakenByDestination[OtherPartition]);
        spec.When(second).ThenVoid(VoidReason.SettleRepeated)
            .When(first).ThenFinal(offset: 2, Reason.DestinationNotFound, 6, 7)
            .When(first).ThenVoid(VoidReason.SettleRepeated)
            .When(first.With(copy => copy.TransferSettle.Reason = 0)).ThenVoid(VoidReason.SettleRepeated);
        Assert.Equal(2, spec.Ledger.Accounts[Alice]!.Unsettled);
        Assert.Equal(3, Assert.Single(spec.Ledger.Outgoing[OtherPartition].Unsettled).Sequence);
    }

    [Fact]
    public void Channels_are_numbered_each_for_itself_and_chained_as_an_independent_hand_does_it()
    {
        var spec = LedgerSpec.Given(
            Create(Alice), Deposit(Alice, 9), Transfer(Alice, Zoe, 1), Transfer(Alice, Bob, 2), Transfer(Alice, Yan, 3));

        Assert.Equal([1, 2], spec.Ledger.Outgoing[OtherPartition].Unsettled.Select(transfer => transfer.Sequence));
        Assert.Equal([1], spec.Ledger.Outgoing[Partition].Unsettled.Select(transfer => transfer.Sequence));
        var chain = new byte[32];
        foreach (var (sequence, offset, to, amount) in ((long, long, AccountId, long)[])[(1, 2, Zoe, 1), (2, 4, Yan, 3)])
        {
            byte[] link =
            [
                .. chain, .. BigEndian(sequence), .. BigEndian(offset), .. Alice.ToByteArray(), .. to.ToByteArray(),
                .. BigEndian(amount), 0, 0, 0, 3, .. "USD"u8,
            ];
            chain = System.Security.Cryptography.SHA256.HashData(link);
        }
        Assert.Equal(chain, spec.Ledger.Outgoing[OtherPartition].Chain);
    }

    [Fact]
    public void Every_decision_on_a_transfer_goes_into_the_decision_digest()
    {
        var settled = LedgerSpec.Given(Create(Alice), Deposit(Alice, 9), Transfer(Alice, Zoe, 4));
        var digest = settled.Ledger.Head.DecisionDigest;
        var expected = Digests.AddDecision(digest, 2, new Decision(Reason.DestinationClosed, 9, 4, 2));
        settled.When(settled.Ledger.SettleOf(OtherPartition, 1, Reason.DestinationClosed));
        Assert.Equal(expected, settled.Ledger.Head.DecisionDigest);

        var pending = new Decision(Reason.Unspecified, 5, 3, 2, IsPending: true);
        Assert.NotEqual(
            Digests.AddDecision(digest, 2, pending), Digests.AddDecision(digest, 2, pending with { IsPending = false }));
        expected = Digests.AddVoid(settled.Ledger.Head.DecisionDigest, 4, VoidReason.CreditGap, -1);
        settled.When(CreditsOf((Zoe, Alice, 1, "USD"), (Zoe, Alice, 1, "USD"))[1]).ThenVoid(VoidReason.CreditGap);
        Assert.Equal(expected, settled.Ledger.Head.DecisionDigest);
    }

    private static IEnumerable<byte> BigEndian(long number) => BitConverter.GetBytes(number).Reverse();

    /// <summary>What a store would hold of a channel that is full: numbers count, not what stands in them.</summary>
    private static void Fill(PartitionLedger ledger)
    {
        var channel = new OutgoingChannel(OtherPartition, OutgoingChannel.Capacity + 1, Digests.Empty());
        var command = Transfer(Bob, Zoe, 1);
        for (var sequence = 1; sequence <= OutgoingChannel.Capacity; sequence++)
        {
            channel.Load(new UnsettledTransfer(sequence, 0, Digests.Empty(), command, ByteString.Empty));
        }
        ledger.Load(channel);
    }

    private static Account Open(long balance) => new(
        ByteString.CopyFromUtf8("Alice"), ByteString.CopyFromUtf8("USD"), balance, IsClosed: false, StartMs, 4);
}
