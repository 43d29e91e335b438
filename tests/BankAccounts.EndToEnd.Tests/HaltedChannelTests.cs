using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// Somebody else wrote a credit into the log: it moves no money, halts its channel for everybody to see, and an
/// operator lets the channel go on.
/// </summary>
[Collection(SharedBank.Name)]
public sealed class HaltedChannelTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_forged_credit_halts_its_channel_loudly_and_after_its_release_every_transfer_settles(bool fromSource)
    {
        var (from, to) = (await bank.OpenAccountAsync(balance: 100), await bank.OpenAccountAsync(balance: 0));
        Assert.True(AccountId.TryParse(from, out var source));
        Assert.True(AccountId.TryParse(to, out var destination));
        await TransferAsync(from, to, 1, Outcome.Accepted, seconds: 30);
        var before = await ChannelAsync(source, destination);

        await ForgeAsync(source, destination, before.Taken + (fromSource ? 5 : 1));
        TransferChannel halted = new();
        await Eventually.BecomesTrue(
            async () => (halted = await ChannelAsync(source, destination)).Halted, "the channel is halted");
        var status = (await bank.Ledger.GetStatusAsync(new(), deadline: Bank.In(20))).Partitions[destination.Partition];
        Assert.Equal(
            [new HaltedChannel { SourcePartition = source.Partition, HaltedByOffset = halted.HaltedByOffset }],
            status.HaltedChannels);
        await Eventually.BecomesTrue(
            async () => !await bank.IsServingAsync("projection-service"), "its owner says that it is not well");
        var voids = await bank.Ledger.ListVoidsAsync(
            new ListVoidsRequest { Partition = destination.Partition }, deadline: Bank.In(20));
        Assert.Contains(new VoidEntry
        {
            Offset = halted.HaltedByOffset,
            Reason = "CREDIT_ORPHAN",
            FirstOffset = -1,
        }, voids.Voids);

        var pending = await TransferAsync(from, to, 5, Outcome.Pending, seconds: 3);
        await bank.Commands.TransferAsync(
            new TransferRequest { FromAccountId = from, ToAccountId = to, Amount = 2, WaitFor = WaitFor.Stored },
            deadline: Bank.In(20));
        await Eventually.BecomesTrue(
            async () => await ChannelAsync(source, destination) is { Unsettled: 2 } channel
                && channel.LowestUnsettled == before.Taken + 1,
            "the owner says that both transfers are unsettled");

        var release = Release(source, destination, halted.HaltedByOffset);
        var wrong = await Refusal.OfAsync(bank.Ledger.ReleaseChannelAsync(
            Release(source, destination, halted.HaltedByOffset + 1), deadline: Bank.In(20)));
        Assert.Equal((StatusCode.FailedPrecondition, "CHANNEL_NOT_HALTED"), (wrong.Code, wrong.Reason));
        if (fromSource)
        {
            release.NextSequence = 1_000_000;
            var unknown = await Refusal.OfAsync(bank.Ledger.ReleaseChannelAsync(release, deadline: Bank.In(20)));
            Assert.Equal((StatusCode.FailedPrecondition, "NOT_UNSETTLED"), (unknown.Code, unknown.Reason));
            release.NextSequence = before.Taken + 2;
            var skipping = await Refusal.OfAsync(bank.Ledger.ReleaseChannelAsync(release, deadline: Bank.In(20)));
            Assert.Equal((StatusCode.FailedPrecondition, "WRONG_NEXT_SEQUENCE"), (skipping.Code, skipping.Reason));
            release.NextSequence = before.Taken + 1;
        }
        var released = await bank.Ledger.ReleaseChannelAsync(release, deadline: Bank.In(20));
        Assert.Equal(destination.Partition, released.Position.Partition);
        Assert.True(released.Position.Offset > halted.HaltedByOffset);

        await Eventually.BecomesTrue(
            async () => (await bank.Queries.GetTransferAsync(
                new GetTransferRequest { TransferId = pending }, deadline: Bank.In(20))).Transfer.State
                    == BankAccounts.V1.TransferState.Settled,
            "the transfer is settled");
        await Eventually.BecomesTrue(
            async () => (await bank.GetAccountAsync(to)).Balance == 8, "the transfer behind it is settled, too");
        Assert.Equal(92, (await bank.GetAccountAsync(from)).Balance);
        await Eventually.BecomesTrue(EveryReplicaServesAsync, "all projectors are well again");
        var verdict = await bank.VerifyAsync();
        Assert.True(verdict.Equal, verdict.Difference?.ToString());

        var again = await Refusal.OfAsync(bank.Ledger.ReleaseChannelAsync(release, deadline: Bank.In(20)));
        Assert.Equal("CHANNEL_NOT_HALTED", again.Reason);
    }

    [Fact]
    public async Task Malformed_requests_of_an_operator_name_their_fields()
    {
        var release = await Refusal.OfAsync(bank.Ledger.ReleaseChannelAsync(
            new ReleaseChannelRequest
            {
                SourcePartition = Bounds.MaxPartitions,
                DestinationPartition = -1,
                HaltedByOffset = -1,
                NextSequence = -1,
            },
            deadline: Bank.In(20)));
        Assert.Equal(
            ["source_partition", "destination_partition", "halted_by_offset", "next_sequence", "description"],
            release.Fields);
        var voids = await Refusal.OfAsync(bank.Ledger.ListVoidsAsync(
            new ListVoidsRequest { Partition = Bank.Partitions, PageSize = -1, PageToken = "what?" },
            deadline: Bank.In(20)));
        Assert.Equal(["partition", "page_size", "page_token"], voids.Fields);
    }

    private async Task<string> TransferAsync(string from, string to, long amount, Outcome outcome, double seconds)
    {
        var request = new TransferRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            FromAccountId = from,
            ToAccountId = to,
            Amount = amount,
        };
        TransferResponse? answer = null;
        await Eventually.BecomesTrue(
            async () => (answer = await TryTransferAsync(request, seconds)) is not null, "the transfer is answered");
        Assert.Equal(outcome, answer!.Decision.Outcome);
        return answer.TransferId;
    }

    /// <summary>The answer, or null if it was late, as it may be on a busy machine: then it is asked for again.</summary>
    private async Task<TransferResponse?> TryTransferAsync(TransferRequest request, double seconds)
    {
        try
        {
            return await bank.Commands.TransferAsync(request, deadline: Bank.In(seconds));
        }
        catch (RpcException late) when (late.StatusCode == StatusCode.DeadlineExceeded)
        {
            return null;
        }
    }

    private async Task<TransferChannel> ChannelAsync(AccountId source, AccountId destination) =>
        (await bank.Ledger.ListChannelsAsync(new ListChannelsRequest(), deadline: Bank.In(20))).Channels.Single(
            channel => channel.SourcePartition == source.Partition
                && channel.DestinationPartition == destination.Partition);

    private async Task<bool> EveryReplicaServesAsync()
    {
        // Each of the three is asked more than once, whoever is asked first.
        for (var asked = 0; asked < 9; asked++)
        {
            if (!await bank.IsServingAsync("projection-service"))
            {
                return false;
            }
        }
        return true;
    }

    private static ReleaseChannelRequest Release(AccountId source, AccountId destination, long haltedBy) => new()
    {
        SourcePartition = source.Partition,
        DestinationPartition = destination.Partition,
        HaltedByOffset = haltedBy,
        Description = "Forged by a test.",
    };

    /// <summary>Appends a credit that no source sent. One that is too early says that all before it is settled.</summary>
    private async Task ForgeAsync(AccountId source, AccountId destination, long sequence)
    {
        var record = new LogRecord
        {
            RecordedAtMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            ProducerId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
            ProducerSequence = 1,
            TransferCredit = new TransferCreditEvent
            {
                FromAccountId = ByteString.CopyFrom(source.ToByteArray()),
                ToAccountId = ByteString.CopyFrom(destination.ToByteArray()),
                Amount = 1_000_000,
                CurrencyCode = ByteString.CopyFromUtf8("USD"),
                Sequence = sequence,
                SourceOffset = 1,
                Chain = ByteString.CopyFrom(new byte[Bounds.DigestSize]),
                SettledBelow = sequence,
            },
        };
        await ForeignKafka.AppendAsync(
            bank, destination.Partition, Encoding.ASCII.GetBytes(destination.ToString()), LogFrame.Encode(record));
    }
}
