using System.Globalization;
using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Confluent.Kafka;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>
/// Lets a halted channel go on: checks the request against what is there, appends the operator's record
/// and waits for its decision.
/// </summary>
public sealed class ReleaseCall(LiveState state, FollowUpProducer producer, IOptions<BankOptions> bank)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Releases a channel.</summary>
    /// <exception cref="RpcException">It is not released, or that is unknown.</exception>
    public async Task<ReleaseChannelResponse> RunAsync(ReleaseChannelRequest request, ServerCallContext context)
    {
        Check(request);
        var cancellation = context.CancellationToken;
        await RequireHaltAsync(request, cancellation);
        var release = new LogRecord
        {
            ChannelRelease = new ChannelReleaseEvent
            {
                SourcePartition = request.SourcePartition,
                DestinationPartition = request.DestinationPartition,
                HaltedByOffset = request.HaltedByOffset,
                NextSequence = request.NextSequence,
                NextChain = await NextChainAsync(request, cancellation),
                Description = ByteString.CopyFromUtf8(request.Description),
            },
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(context.Patience());
        try
        {
            var offset = await producer.AppendAsync(release, request.DestinationPartition, patience.Token);
            var decision = await DecisionAsync(request.DestinationPartition, offset, patience.Token);
            return decision.Reason == Reason.Unspecified
                ? new ReleaseChannelResponse
                {
                    Position = new Position { Partition = request.DestinationPartition, Offset = offset },
                }
                : throw NotHalted(request);
        }
        catch (Exception unknown) when (unknown is OperationCanceledException or KafkaException)
        {
            throw BankErrors.Create(
                Reasons.OutcomeUnknown,
                "The release was not decided in time. It may still take effect: ask ListChannels.");
        }
    }

    private void Check(ReleaseChannelRequest request)
    {
        var fields = new FieldChecks();
        Partition("source_partition", request.SourcePartition);
        Partition("destination_partition", request.DestinationPartition);
        NotNegative("halted_by_offset", request.HaltedByOffset);
        NotNegative("next_sequence", request.NextSequence);
        fields.Text("description", request.Description, 1, Bounds.MaxDescriptionScalars);
        fields.ThrowIfAny();

        void Partition(string field, int partition)
        {
            if (partition < 0 || partition >= bank.Value.PartitionCount)
            {
                fields.Add(field, $"must be a number from 0 to {bank.Value.PartitionCount - 1}.");
            }
        }

        void NotNegative(string field, long number)
        {
            if (number < 0)
            {
                fields.Add(field, "must not be negative.");
            }
        }
    }

    private async Task RequireHaltAsync(ReleaseChannelRequest request, CancellationToken cancellation)
    {
        var field = Encoding.Latin1.GetString(StoreCodec.Field(request.SourcePartition));
        var live = await state.ReadAsync(
            request.DestinationPartition, keys => [["HGET", keys.ChannelsIn, field]], cancellation);
        if (live is null || live.Answers[0].IsNull
            || StoredIncomingChannel.Parser.ParseFrom((byte[])live.Answers[0]!) is var channel
                && (!channel.Halted || channel.HaltedByOffset != request.HaltedByOffset))
        {
            throw NotHalted(request);
        }
    }

    private async Task<ByteString> NextChainAsync(ReleaseChannelRequest request, CancellationToken cancellation)
    {
        if (request.NextSequence == 0)
        {
            return ByteString.Empty;
        }
        var entry = new ChannelEntry(request.DestinationPartition, request.NextSequence);
        var field = Encoding.Latin1.GetString(StoreCodec.Field(entry));
        var live = await state.ReadAsync(
            request.SourcePartition, keys => [["HGET", keys.Unsettled, field]], cancellation);
        return live is null || live.Answers[0].IsNull
            ? throw BankErrors.Create(Reasons.NotUnsettled)
            : StoredUnsettled.Parser.ParseFrom((byte[])live.Answers[0]!).Chain;
    }

    private async Task<StoredDecision> DecisionAsync(int partition, long offset, CancellationToken cancellation)
    {
        var slot = (offset % RedisKeys.MaxDecisions).ToString(CultureInfo.InvariantCulture);
        while (true)
        {
            var live = await state.ReadAsync(partition, keys => [["HGET", keys.Decisions, slot]], cancellation);
            if (live is not null && !live.Answers[0].IsNull
                && PushedDecision.Parser.ParseFrom((byte[])live.Answers[0]!) is { Decision: { } decision } found
                && found.Offset == offset)
            {
                return decision;
            }
            await Task.Delay(LookInterval, cancellation);
        }
    }

    private static RpcException NotHalted(ReleaseChannelRequest request) => BankErrors.Create(
        Reasons.ChannelNotHalted,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The channel from partition {request.SourcePartition} to {request.DestinationPartition} is not halted by"
            + $" the record at offset {request.HaltedByOffset}, or was released before."));
}
