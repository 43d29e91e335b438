using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>Several transfers of a channel in one record, on their way and back.</summary>
public sealed class ManyTransfersTests
{
    private static readonly List<LogRecord> Credits = CreditsOf(
        (Zoe, Alice, 5, "USD"), (Yan, Bob, 6, "USD"), (Zoe, Alice, 7, "USD"), (Zoe, Alice, 8, "USD"));

    [Fact]
    public void A_credit_of_several_takes_each_by_itself_and_answers_all_of_them_at_once()
    {
        var spec = LedgerSpec.Given(Create(Alice)).When(InOne([.. Credits]));

        Assert.Equal(
            [
                new(OtherPartition, 1, 5, Reason.Unspecified), new(OtherPartition, 2, 6, Reason.DestinationNotFound),
                new(OtherPartition, 3, 7, Reason.Unspecified), new(OtherPartition, 4, 8, Reason.Unspecified),
            ],
            spec.Last.Credits);
        Assert.Equal(
            [
                new(Reason.Unspecified, 5, 2, 1), new(Reason.DestinationNotFound, 0, 0, 1),
                new(Reason.Unspecified, 12, 3, 1), new(Reason.Unspecified, 20, 4, 1),
            ],
            spec.Last.Answers.Select(answer => answer.Decision!.Value));
        Assert.Equal(
            new TransferSettleEvent
            {
                FromAccountId = Bytes(Zoe),
                ToAccountId = Bytes(Alice),
                Sequence = 1,
                Chain = Credits[3].TransferCredit.Chain,
                LastSequence = 4,
                FurtherReasons = { (int)Reason.DestinationNotFound, 0, 0 },
            },
            spec.Answer);
        Assert.Equal([(5L, 2L), (7L, 3L), (8L, 4L)], spec.Last.History.Select(entry => (entry.Amount, entry.Number)));
        Assert.All(spec.Last.History, entry => Assert.Equal(Bytes(Zoe), entry.Texts.Counterparty));
        var channel = Assert.Single(spec.Last.Incoming);
        Assert.Equal((4, Credits[3].TransferCredit.Chain), (channel.LastSequence, ByteString.CopyFrom(channel.Chain)));
        Assert.Equal([2], channel.Refused.Keys);
        Assert.Equal((3, 1), (spec.Ledger.Head.Credited, spec.Ledger.Head.Refused));
    }

    [Fact]
    public void However_transfers_fall_into_records_the_ledger_is_the_same()
    {
        var alone = LedgerSpec.Given(Create(Alice), Create(Bob));
        Credits.ForEach(credit => alone.When(credit));
        foreach (var records in (LogRecord[][])[
            [InOne([.. Credits])],
            [InOne(Credits[0], Credits[1]), InOne(Credits[2], Credits[3])],
            [Credits[0], InOne([.. Credits[1..]])],
            [InOne([.. Credits[..3]]), InOne([.. Credits])]])
        {
            var spec = LedgerSpec.Given(Create(Alice), Create(Bob));
            Array.ForEach(records, record => spec.When(record));
            foreach (var id in (AccountId[])[Alice, Bob])
            {
                var (expected, found) = (alone.Ledger.Accounts[id]!, spec.Ledger.Accounts[id]!);
                Assert.Equal(
                    (expected.Balance, expected.Version, expected.Entries), (found.Balance, found.Version, found.Entries));
            }
            var (channel, one) = (spec.Ledger.Incoming[OtherPartition], alone.Ledger.Incoming[OtherPartition]);
            Assert.Equal(one.LastSequence, channel.LastSequence);
            Assert.Equal(one.Chain, channel.Chain);
        }
    }

    [Fact]
    public void What_was_taken_before_is_answered_again_and_the_rest_is_taken()
    {
        var spec = LedgerSpec.Given(Create(Alice)).When(InOne(Credits[0], Credits[1]));

        spec.When(InOne([.. Credits]));
        Assert.Equal([3, 4], spec.Last.Credits.Select(credit => credit.Sequence));
        Assert.Empty(spec.Last.Voids);
        Assert.Equal((1, 4), (spec.Answer.Sequence, spec.Answer.LastSequence));
        Assert.Equal([(int)Reason.DestinationNotFound, 0, 0], spec.Answer.FurtherReasons);
        Assert.Equal(20, spec.Ledger.Accounts[Alice]!.Balance);

        spec.When(InOne([.. Credits])).ThenVoid(VoidReason.CreditRepeated);
        Assert.Equal((1, 3), (spec.Answer.Sequence, spec.Answer.FurtherReasons.Count));
    }

    [Fact]
    public void What_its_source_has_settled_is_not_answered_again()
    {
        var spec = LedgerSpec.Given(Create(Alice)).When(InOne(Credits[0], Credits[1])).When(Credits[2].SettledBelow(2));

        spec.When(InOne([.. Credits]));
        Assert.Equal((2, (int)Reason.DestinationNotFound, 2), (
            spec.Answer.Sequence, spec.Answer.Reason, spec.Answer.FurtherReasons.Count));
        Assert.Equal((Bytes(Yan), Bytes(Bob)), (spec.Answer.FromAccountId, spec.Answer.ToAccountId));

        spec.When(InOne(Credits[2], Credits[3]).SettledBelow(3)).ThenVoid(VoidReason.CreditRepeated);
        spec.When(InOne(Credits[0], Credits[1])).ThenVoid(VoidReason.CreditRepeated);
        Assert.Empty(spec.Last.Settlements);
    }

    [Fact]
    public void A_credit_of_several_is_taken_as_a_whole_or_not_at_all()
    {
        var spec = LedgerSpec.Given(Create(Alice)).When(InOne(Credits[1], Credits[2])).ThenVoid(VoidReason.CreditGap);
        Assert.Empty(spec.Last.Incoming);
        spec.When(Credits[0]).ThenAccepted(5, 2);

        // The last one is another: the chain over all of them says so, and none is taken.
        spec.When(InOne([.. Credits[1..]]).With(copy => copy.TransferCredit.Further[1].Amount = 9))
            .ThenVoid(VoidReason.CreditOrphan);
        Assert.Equal(3, Assert.Single(spec.Last.Incoming).HaltedBy);
        Assert.Equal((1, 5), (spec.Ledger.Incoming[OtherPartition].LastSequence, spec.Ledger.Accounts[Alice]!.Balance));
        spec.When(InOne([.. Credits[1..]])).ThenVoid(VoidReason.ChannelHalted);
    }

    [Fact]
    public void After_a_release_the_chain_is_that_of_the_first_which_an_operator_named()
    {
        var spec = LedgerSpec.Given(Create(Alice)).When(Credits[0]);
        spec.When(Credits[3].SettledBelow(4)).ThenVoid(VoidReason.CreditOrphan);
        spec.When(spec.Log.AppendRaw(null, LogFrame.Encode(spec.Log.Complete(new LogRecord
        {
            ChannelRelease = new ChannelReleaseEvent
            {
                SourcePartition = OtherPartition,
                DestinationPartition = Partition,
                HaltedByOffset = 2,
                NextSequence = 3,
                NextChain = Credits[2].TransferCredit.Chain,
                Description = ByteString.CopyFromUtf8("The log lost the second."),
            },
        }))));

        spec.When(InOne(Credits[2], Credits[3]));
        Assert.Equal([3, 4], spec.Last.Credits.Select(credit => credit.Sequence));
        Assert.Equal(20, spec.Ledger.Accounts[Alice]!.Balance);
    }

    public static TheoryData<string, Action<TransferCreditEvent>> ImpossibleCredits() => new()
    {
        { "no amount", credit => credit.Further[0].Amount = 0 },
        { "no currency", credit => credit.Further[0].CurrencyCode = ByteString.Empty },
        { "a negative offset", credit => credit.Further[0].SourceOffset = -1 },
        { "a source that is no account", credit => credit.Further[0].FromAccountId = ByteString.Empty },
        { "a source in another partition", credit => credit.Further[0].FromAccountId = Bytes(Id(1, 6)) },
        { "a destination in another partition", credit => credit.Further[0].ToAccountId = Bytes(Zoe) },
        { "settled itself", credit => credit.SettledBelow = 2 },
        { "numbers beyond 2^63", credit => credit.Sequence = long.MaxValue - 1 },
        { "65 transfers", credit => credit.Further.Add(Enumerable.Repeat(credit.Further[0], 62)) },
    };

    [Theory]
    [MemberData(nameof(ImpossibleCredits))]
    public void A_credit_with_one_out_of_its_bounds_is_void(string what, Action<TransferCreditEvent> difference)
    {
        Assert.NotNull(what);
        var credit = InOne(Credits[0], Credits[1], Credits[2]).With(copy => difference(copy.TransferCredit));
        LedgerSpec.Given(Create(Alice), Create(Bob)).When(credit).ThenVoid(VoidReason.Impossible);
    }

    [Fact]
    public void A_settlement_of_several_settles_and_refunds_each()
    {
        var spec = WithThreeOnTheirWay();
        spec.When(spec.Ledger.SettleManyOf(
            OtherPartition, 1, Reason.Unspecified, Reason.DestinationClosed, Reason.Unspecified));

        Assert.Equal(
            [
                new(Reason.Unspecified, 80, 5, 4), new(Reason.DestinationClosed, 110, 4, 5),
                new(Reason.Unspecified, 80, 6, 6),
            ],
            spec.Last.Answers.Select(answer => answer.Decision!.Value));
        Assert.Equal([4, 5, 6], spec.Last.Answers.Select(answer => answer.Offset));
        Assert.Equal(["a", "c"], spec.Last.Remembered.Select(age => age.Key.Id.ToStringUtf8()));
        Assert.Equal((80, 0), (spec.Ledger.Accounts[Alice]!.Balance, spec.Ledger.Accounts[Alice]!.Unsettled));
        Assert.Equal((110, 0), (spec.Ledger.Accounts[Bob]!.Balance, spec.Ledger.Accounts[Bob]!.Unsettled));
        Assert.Empty(spec.Ledger.Outgoing[OtherPartition].Unsettled);
        Assert.Equal((3, 3), (spec.Ledger.Head.Settled, spec.Last.TakenByDestination[OtherPartition]));
    }

    [Fact]
    public void A_settlement_settles_what_is_not_final_yet_unless_its_last_is()
    {
        var spec = WithThreeOnTheirWay();
        var (firstTwo, lastTwo) = (
            spec.Ledger.SettleManyOf(OtherPartition, 1, Reason.Unspecified, Reason.Unspecified),
            spec.Ledger.SettleManyOf(OtherPartition, 2, Reason.Unspecified, Reason.Unspecified));
        var all = spec.Ledger.SettleManyOf(OtherPartition, 1, Reason.Unspecified, Reason.Unspecified, Reason.Unspecified);

        // Without its last there is nothing to compare the chain with: the source asks again for the first.
        spec.When(lastTwo).When(all).ThenVoid(VoidReason.SettleRepeated);
        Assert.Equal(1, Assert.Single(spec.Ledger.Outgoing[OtherPartition].Unsettled).Sequence);
        spec.When(firstTwo).ThenVoid(VoidReason.SettleRepeated);

        var another = WithThreeOnTheirWay();
        another.When(firstTwo).When(all);
        Assert.Equal(6, Assert.Single(another.Last.Answers).Offset);
        Assert.Empty(another.Ledger.Outgoing[OtherPartition].Unsettled);
    }

    public static TheoryData<string, VoidReason, Action<TransferSettleEvent>> WrongSettlements() => new()
    {
        { "one more than was sent", VoidReason.SettleOrphan, settle =>
            {
                settle.FurtherReasons.Add(0);
                settle.LastSequence++;
            }
        },
        { "the chain of the first", VoidReason.SettleOrphan, settle => settle.Chain = ByteString.CopyFrom(new byte[32]) },
        { "another destination", VoidReason.SettleOrphan, settle => settle.ToAccountId = Bytes(Yan) },
        { "fewer taken than it settles", VoidReason.Impossible, settle => settle.LastSequence = 2 },
        { "numbers beyond 2^63", VoidReason.Impossible, settle => settle.Sequence = settle.LastSequence = long.MaxValue },
        { "a reason that is none of a destination", VoidReason.Impossible, settle =>
            settle.FurtherReasons[1] = (int)Reason.InsufficientFunds },
        { "65 transfers", VoidReason.Impossible, settle =>
            {
                settle.FurtherReasons.Add(Enumerable.Repeat(0, 62));
                settle.LastSequence = 65;
            }
        },
    };

    [Theory]
    [MemberData(nameof(WrongSettlements))]
    public void A_settlement_that_does_not_fit_settles_none(
        string what, VoidReason reason, Action<TransferSettleEvent> difference)
    {
        Assert.NotNull(what);
        var spec = WithThreeOnTheirWay();
        var all = spec.Ledger.SettleManyOf(OtherPartition, 1, Reason.Unspecified, Reason.Unspecified, Reason.Unspecified);

        spec.When(all.With(copy => difference(copy.TransferSettle))).ThenVoid(reason);
        Assert.Equal(3, spec.Ledger.Outgoing[OtherPartition].Unsettled.Count);
    }

    [Fact]
    public void A_batch_needs_the_accounts_of_all_that_its_records_carry_on()
    {
        var ledger = new PartitionLedger(Partition, PartitionHead.Start(), new RequestOrder(0, 0), new ProducerOrder([]));
        var log = new LogWriter();
        var credit = ledger.Read(log.AppendOne(InOne([.. Credits])));
        Assert.Equal([Alice, Bob], PrefetchNeeds.Of([credit], ledger).Accounts.OrderBy(id => id.ToString()));

        var source = WithThreeOnTheirWay();
        var sent = source.Ledger.Outgoing[OtherPartition];
        var channel = new OutgoingChannel(OtherPartition, sent.NextSequence, sent.Chain);
        sent.Unsettled.ToList().ForEach(channel.Load);
        ledger.Load(channel);
        var settle = ledger.Read(log.AppendOne(source.Ledger.SettleManyOf(
            OtherPartition, 1, Reason.Unspecified, Reason.Unspecified, Reason.Unspecified)));
        Assert.Equal([Alice, Bob], PrefetchNeeds.Of([settle], ledger).Accounts.OrderBy(id => id.ToString()));

        // Three more are remembered, and before each of them four may be forgotten.
        var full = new PartitionLedger(
            Partition, PartitionHead.Start(), new RequestOrder(0, PartitionLedger.RememberedCount - 2), new ProducerOrder([]));
        full.Load(channel);
        Assert.Equal(12, PrefetchNeeds.Of([settle], full).OldestRequests);
        Assert.Equal(0, PrefetchNeeds.Of([credit], full).OldestRequests);
    }

    /// <summary>Offsets 0 … 3 open and fill two accounts; 4, 5 and 6 send 10, 20 and 10.</summary>
    private static LedgerSpec WithThreeOnTheirWay() => LedgerSpec.Given(
        Create(Alice), Deposit(Alice, 100), Create(Bob), Deposit(Bob, 110),
        Transfer(Alice, Zoe, 10).As("a"), Transfer(Bob, Yan, 20), Transfer(Alice, Zoe, 10).As("c"));
}
