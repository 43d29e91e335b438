using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>The channels of the bank: what each partition holds of its ends, put together.</summary>
public sealed class ChannelList(LiveState state, IOptions<BankOptions> bank)
{
    /// <summary>Reads all channels.</summary>
    public async Task<ListChannelsResponse> ReadAsync(CancellationToken cancellation)
    {
        var channels = new SortedDictionary<(int Source, int Destination), TransferChannel>();
        foreach (var partition in Enumerable.Range(0, bank.Value.PartitionCount))
        {
            var live = await state.ReadAsync(
                partition, keys => [["HGETALL", keys.ChannelsOut], ["HGETALL", keys.ChannelsIn]], cancellation);
            if (live is null)
            {
                continue;
            }
            foreach (var (destination, bytes) in Ends(live.Answers[0]))
            {
                At(partition, destination).Sent = StoredOutgoingChannel.Parser.ParseFrom(bytes).NextSequence - 1;
            }
            foreach (var (source, bytes) in Ends(live.Answers[1]))
            {
                var stored = StoredIncomingChannel.Parser.ParseFrom(bytes);
                var channel = At(source, partition);
                channel.Taken = stored.LastSequence;
                channel.Halted = stored.Halted;
                channel.HaltedByOffset = stored.HaltedByOffset;
            }
            var told = await state.ReadOwnerAsync(partition, OwnerReport.Sendings, cancellation);
            foreach (var sending in StoredSendings.Parser.ParseFrom(told).Channels)
            {
                var channel = At(partition, sending.Destination);
                channel.Unsettled = sending.Unsettled;
                channel.LowestUnsettled = sending.LowestUnsettled;
            }
        }
        return new ListChannelsResponse { Channels = { channels.Values } };

        TransferChannel At(int source, int destination)
        {
            if (!channels.TryGetValue((source, destination), out var channel))
            {
                channel = new TransferChannel { SourcePartition = source, DestinationPartition = destination };
                channels.Add((source, destination), channel);
            }
            return channel;
        }
    }

    private static IEnumerable<(int Partition, byte[] Stored)> Ends(RedisResult hash) =>
        ((RedisResult[])hash!).Chunk(2).Select(
            pair => (StoreCodec.DecodePartition((byte[])pair[0]!), (byte[])pair[1]!));
}
