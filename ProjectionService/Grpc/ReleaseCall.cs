using System.Globalization;
using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Confluent.Kafka;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

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
        var left = context.Patience();
        if (left <= TimeSpan.Zero)
        {
            throw BankErrors.Create(Reasons.DeadlineTooShort);
        }
        var cancellation = context.CancellationToken;
        var halted = await HaltedAsync(request, cancellation);
        var release = new LogRecord
        {
            ChannelRelease = new ChannelReleaseEvent
            {
                SourcePartition = request.SourcePartition,
                DestinationPartition = request.DestinationPartition,
                HaltedByOffset = request.HaltedByOffset,
                NextSequence = request.NextSequence,
                NextChain = await NextChainAsync(request, halted, cancellation),
                Description = ByteString.CopyFromUtf8(request.Description),
            },
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(left);
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
        // A forged credit may claim to be from a partition that this bank does not have: that halts a channel too.
        fields.Partition("source_partition", request.SourcePartition, Bounds.MaxPartitions);
        fields.Partition("destination_partition", request.DestinationPartition, bank.Value.PartitionCount);
        NotNegative("halted_by_offset", request.HaltedByOffset);
        NotNegative("next_sequence", request.NextSequence);
        fields.Text("description", request.Description, 1, Bounds.MaxDescriptionScalars);
        fields.ThrowIfAny();

        void NotNegative(string field, long number)
        {
            if (number < 0)
            {
                fields.Add(field, "must not be negative.");
            }
        }
    }

    /// <summary>The channel, which is halted as the request says.</summary>
    private async Task<StoredIncomingChannel> HaltedAsync(
        ReleaseChannelRequest request, CancellationToken cancellation)
    {
        var field = Encoding.Latin1.GetString(StoreCodec.Field(request.SourcePartition));
        var live = await state.ReadAsync(
            request.DestinationPartition, keys => [["HGET", keys.ChannelsIn, field]], cancellation);
        return live is not null && !live.Answers[0].IsNull
            && StoredIncomingChannel.Parser.ParseFrom((byte[])live.Answers[0]!) is { Halted: true } channel
            && channel.HaltedByOffset == request.HaltedByOffset
                ? channel
                : throw NotHalted(request);
    }

    /// <summary>The chain of the transfer that the channel is to take next, if one is named.</summary>
    private async Task<ByteString> NextChainAsync(
        ReleaseChannelRequest request, StoredIncomingChannel halted, CancellationToken cancellation)
    {
        if (request.NextSequence == 0)
        {
            return ByteString.Empty;
        }
        var (next, taken) = (request.NextSequence, halted.LastSequence);
        var live = await state.ReadAsync(
            request.SourcePartition,
            keys =>
            [
                ["HGET", keys.Unsettled, FieldOf(next)],
                ["HGET", keys.Unsettled, FieldOf(taken)],
                ["HGET", keys.ChannelsOut, Encoding.Latin1.GetString(StoreCodec.Field(request.DestinationPartition))],
            ],
            cancellation);
        if (live is null || live.Answers[0].IsNull)
        {
            throw BankErrors.Create(Reasons.NotUnsettled);
        }
        var told = StoredSendings.Parser.ParseFrom(
            await state.ReadOwnerAsync(request.SourcePartition, OwnerReport.Sendings, cancellation));
        var lowest = told.Channels
            .FirstOrDefault(channel => channel.Destination == request.DestinationPartition)?.LowestUnsettled ?? 0;
        // Numbers that were taken may be credited again only if they are other transfers by now: the source has
        // not come so far again, or has with another chain. What is skipped must be settled.
        var isRight = next > taken
            ? next == taken + 1 || next == lowest
            : StoredOutgoingChannel.Parser.ParseFrom((byte[])live.Answers[2]!).NextSequence <= taken
                || (!live.Answers[1].IsNull
                    && StoredUnsettled.Parser.ParseFrom((byte[])live.Answers[1]!).Chain != halted.Chain);
        return isRight
            ? StoredUnsettled.Parser.ParseFrom((byte[])live.Answers[0]!).Chain
            : throw BankErrors.Create(
                Reasons.WrongNextSequence,
                metadata: [new("taken", Text(taken)), new("lowest_unsettled", Text(lowest))]);

        string FieldOf(long sequence) =>
            Encoding.Latin1.GetString(StoreCodec.Field(new ChannelEntry(request.DestinationPartition, sequence)));
    }

    /// <summary>Asks until the release is decided: it is in the log, so nothing else can end this but time.</summary>
    private async Task<StoredDecision> DecisionAsync(int partition, long offset, CancellationToken cancellation)
    {
        while (true)
        {
            if (await TryFindAsync(partition, offset, cancellation) is { } decision)
            {
                return decision;
            }
            await Task.Delay(LookInterval, cancellation);
        }
    }

    private async Task<StoredDecision?> TryFindAsync(int partition, long offset, CancellationToken cancellation)
    {
        try
        {
            var chunk = RedisKeys.ChunkOf(offset);
            var live = await state.ReadAsync(partition, keys => [["GET", keys.Decisions(chunk)]], cancellation);
            return live is not null && !live.Answers[0].IsNull
                ? KeptDecisions.Find(DecisionChunk.Parser.ParseFrom((byte[])live.Answers[0]!), offset)?.Decision
                : null;
        }
        catch (Exception away) when (away is RedisException or TimeoutException or GenerationMovedException)
        {
            return null;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static RpcException NotHalted(ReleaseChannelRequest request) => BankErrors.Create(
        Reasons.ChannelNotHalted,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The channel from partition {request.SourcePartition} to {request.DestinationPartition} is not halted by"
            + $" the record at offset {request.HaltedByOffset}, or was released before."));
}
