using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>What halts a channel, and how an operator lets it go on.</summary>
public sealed class ChannelReleaseTests
{
    private static readonly List<LogRecord> Credits =
        CreditsOf((Zoe, Alice, 5, "USD"), (Zoe, Bob, 6, "USD"), (Zoe, Alice, 7, "USD"), (Zoe, Alice, 8, "USD"));

    /// <summary>Another history of the same channel: its source lost records and uses their numbers again.</summary>
    private static readonly List<LogRecord> OtherCredits =
        CreditsOf((Zoe, Alice, 50, "USD"), (Zoe, Alice, 60, "USD"), (Zoe, Alice, 70, "USD"));

    [Fact]
    public void Released_as_it_stands_a_channel_takes_the_credit_that_fits()
    {
        var spec = LedgerSpec.Given(Create(Alice), Credits[0]);
        spec.When(Credits[1].With(forged => forged.TransferCredit.Amount = 7)).ThenVoid(VoidReason.CreditOrphan);

        spec.When(Release(haltedBy: 2)).ThenAccepted(0, 0);
        var channel = Assert.Single(spec.Last.Incoming);
        Assert.Equal((null, 1), (channel.HaltedBy, channel.LastSequence));

        spec.When(Credits[1]).ThenDecided(Reason.DestinationNotFound, 0, 0, offset: 4);
        spec.When(Credits[2]).ThenAccepted(12, 3);
    }

    [Fact]
    public void A_release_is_for_one_halt_and_says_so_when_there_is_none()
    {
        var spec = LedgerSpec.Given(Create(Alice), Release(haltedBy: 0));
        spec.ThenRefused(Reason.ChannelNotHalted, 0, 0).ThenNothingChanged();
        Assert.Empty(spec.Last.Incoming);

        spec.When(Forged(Credits[0])).ThenVoid(VoidReason.CreditOrphan);
        spec.When(Release(haltedBy: 1)).ThenRefused(Reason.ChannelNotHalted, 0, 0);
        spec.When(Release(haltedBy: 2, source: OtherPartition + 1)).ThenRefused(Reason.ChannelNotHalted, 0, 0);
        spec.When(Credits[0]).ThenVoid(VoidReason.ChannelHalted);

        spec.When(Release(haltedBy: 2)).ThenAccepted(0, 0);
        spec.When(Release(haltedBy: 2)).ThenRefused(Reason.ChannelNotHalted, 0, 0);
        Assert.Equal((2, 4), (spec.Ledger.Head.Accepted, spec.Ledger.Head.Rejected));
        spec.When(Credits[0]).ThenAccepted(5, 2);
    }

    [Fact]
    public void A_destination_that_lost_a_credit_which_its_source_has_settled_halts()
    {
        var spec = LedgerSpec.Given(Create(Alice), Credits[0]);
        // Without that word it is a credit that overtook another.
        spec.When(Credits[2].SettledBelow(2)).ThenVoid(VoidReason.CreditGap);
        spec.When(Credits[2].SettledBelow(3)).ThenVoid(VoidReason.CreditOrphan);
        Assert.Equal(3, Assert.Single(spec.Last.Incoming).HaltedBy);

        spec.When(Release(haltedBy: 3, Credits[2])).ThenAccepted(0, 0);
        spec.When(Credits[1]).ThenVoid(VoidReason.CreditRepeated);
        spec.When(Credits[2].SettledBelow(3)).ThenAccepted(12, 3);
        spec.When(Credits[3].SettledBelow(3)).ThenAccepted(20, 4);
    }

    [Fact]
    public void A_source_that_lost_transfers_halts_the_channel_and_its_numbers_are_taken_again_after_a_release()
    {
        var spec = LedgerSpec.Given(Create(Alice), Credits[0], Credits[1]);
        // The last one that was taken had another chain.
        spec.When(OtherCredits[1]).ThenVoid(VoidReason.CreditOrphan);
        Assert.Empty(spec.Last.Settlements);

        spec.When(Release(haltedBy: 3, OtherCredits[0])).ThenAccepted(0, 0);
        var channel = Assert.Single(spec.Last.Incoming);
        Assert.Equal((0, 1), (channel.LastSequence, channel.SettledBelow));
        // The refusal that stood for the lost number 2 stands for nothing any more.
        Assert.Empty(channel.Refused);
        Assert.Null(spec.Last.Refused[new(OtherPartition, 2)]);

        spec.When(Credits[0]).ThenVoid(VoidReason.CreditOrphan);
        spec.When(Release(haltedBy: 5, OtherCredits[0])).ThenAccepted(0, 0);
        spec.When(OtherCredits[0]).ThenAccepted(55, 3);
        spec.When(OtherCredits[0]).ThenVoid(VoidReason.CreditRepeated);
        spec.When(OtherCredits[1]).ThenAccepted(115, 4);
        spec.When(OtherCredits[2]).ThenAccepted(185, 5);
    }

    [Fact]
    public void What_is_stored_of_a_halted_and_of_a_released_channel_is_what_was()
    {
        var spec = LedgerSpec.Given(Create(Alice), Credits[0], Forged(Credits[1]));
        Assert.Equal(2, Stored(spec).HaltedBy);

        spec.When(Release(haltedBy: 2, Credits[2]));
        var stored = Stored(spec);
        Assert.Equal(
            (null, 2, Credits[2].TransferCredit.Chain),
            (stored.HaltedBy, stored.LastSequence, ByteString.CopyFrom(stored.ExpectedChain)));

        spec.When(Credits[2]);
        Assert.Null(Stored(spec).ExpectedChain);
    }

    public static TheoryData<string, Action<ChannelReleaseEvent>> ImpossibleReleases() => new()
    {
        { "no partition", release => release.SourcePartition = -1 },
        { "beyond the partitions", release => release.SourcePartition = Bounds.MaxPartitions },
        { "a negative offset", release => release.HaltedByOffset = -1 },
        { "a negative number", release => release.NextSequence = -1 },
        { "a number without a chain", release => release.NextSequence = 1 },
        { "a chain without a number", release => release.NextChain = Credits[0].TransferCredit.Chain },
        { "no description", release => release.Description = ByteString.Empty },
        { "too long a description", release => release.Description = ByteString.CopyFromUtf8(new string('x', 201)) },
    };

    [Theory]
    [MemberData(nameof(ImpossibleReleases))]
    public void A_release_out_of_its_bounds_is_void(string what, Action<ChannelReleaseEvent> difference)
    {
        Assert.NotNull(what);
        var spec = LedgerSpec.Given(Create(Alice), Forged(Credits[0]));
        spec.When(Release(haltedBy: 1).With(copy => difference(copy.ChannelRelease))).ThenVoid(VoidReason.Impossible);
        Assert.Equal(1, spec.Ledger.Incoming[OtherPartition].HaltedBy);
    }

    [Fact]
    public void A_release_of_another_partition_or_with_a_key_is_void()
    {
        var spec = LedgerSpec.Given(Create(Alice), Forged(Credits[0]));
        spec.When(Release(haltedBy: 1).With(copy => copy.ChannelRelease.DestinationPartition = Partition + 1))
            .ThenVoid(VoidReason.WrongPartition);
        spec.When(LogWriter.KeyOf(Alice), LogFrame.Encode(spec.Log.Complete(Release(haltedBy: 1))))
            .ThenVoid(VoidReason.WrongPartition);
        Assert.Equal(1, spec.Ledger.Incoming[OtherPartition].HaltedBy);
    }

    private static IncomingChannel Stored(LedgerSpec spec) =>
        StoreCodec.Decode(StoreCodec.Encode(spec.Ledger.Incoming[OtherPartition]), OtherPartition);

    private static LogRecord Forged(LogRecord credit) =>
        credit.With(copy => copy.TransferCredit.Chain = ByteString.CopyFrom(new byte[Bounds.DigestSize]));

    private static LogRecord Release(long haltedBy, LogRecord? next = null, int source = OtherPartition) => new()
    {
        ChannelRelease = new ChannelReleaseEvent
        {
            SourcePartition = source,
            DestinationPartition = Partition,
            HaltedByOffset = haltedBy,
            NextSequence = next?.TransferCredit.Sequence ?? 0,
            NextChain = next?.TransferCredit.Chain ?? ByteString.Empty,
            Description = ByteString.CopyFromUtf8("the auditor looked"),
        },
    };
}
