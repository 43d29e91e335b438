using System.Globalization;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>How partitions are, as Redis holds it: any replica can ask about all of them.</summary>
public sealed class StatusReader(IConnectionMultiplexer redis, IOptions<BankOptions> bank)
{
    private static readonly RedisScript Script = new(typeof(PartitionStore), "status.lua");

    /// <summary>Reads one partition. The log's end is not known here.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task<PartitionStatus> ReadAsync(int partition, CancellationToken cancellation)
    {
        var read = (RedisResult[])(await Script.EvaluateAsync(
            redis.GetDatabase(),
            [RedisKeys.Root(partition), RedisKeys.Owner(partition)],
            [],
            bank.Value.RedisTimeout,
            cancellation))!;
        var status = new PartitionStatus
        {
            Partition = partition,
            Generation = Number(read[1], 0),
            RebuildPosition = Number(read[2], -1),
            Position = Number(read[3], -1),
            EndOffset = -1,
            Lag = -1,
            LogDigest = read[4].IsNull ? string.Empty : Convert.ToHexStringLower((byte[])read[4]!),
            UnsettledTransfers = Number(read[6], 0),
            OwnerInstance = Text(read[7]),
            OwnerProcessId = (int)Number(read[8], 0),
            State = StateOf(Text(read[9])),
            HaltedReason = Text(read[10]),
            SeenTime = SeenAt(Text(read[11])),
            Counters = new LedgerCounters(),
        };
        foreach (var end in ((RedisResult[])read[13]!).Chunk(2))
        {
            if (StoredIncomingChannel.Parser.ParseFrom((byte[])end[1]!) is { Halted: true } channel)
            {
                status.HaltedChannels.Add(new HaltedChannel
                {
                    SourcePartition = StoreCodec.DecodePartition((byte[])end[0]!),
                    HaltedByOffset = channel.HaltedByOffset,
                });
            }
        }
        if (status.UnsettledTransfers > 0 && Number(read[12], 0) is > 0 and var oldestAtMs)
        {
            status.OldestUnsettledMs = Math.Max(0, (long)read[0] - oldestAtMs);
        }
        if (!read[5].IsNull)
        {
            Describe(StoredHead.Parser.ParseFrom((byte[])read[5]!), status);
        }
        return status;
    }

    private static void Describe(StoredHead head, PartitionStatus status)
    {
        status.DecisionDigest = Convert.ToHexStringLower(head.DecisionDigest.Span);
        status.Counters = new LedgerCounters
        {
            Accepted = head.Accepted,
            Rejected = head.Rejected,
            RepeatedRequests = head.RepeatedRequests,
            Voids = head.Voids,
            Accounts = head.Accounts,
            Credited = head.Credited,
            Refused = head.Refused,
            Settled = head.Settled,
        };
    }

    private static PartitionState StateOf(string state) => state switch
    {
        "loading" => PartitionState.Loading,
        "rebuilding" => PartitionState.Rebuilding,
        "folding" => PartitionState.Folding,
        "halted" => PartitionState.Halted,
        _ => PartitionState.Unspecified,
    };

    private static Timestamp? SeenAt(string text) =>
        DateTime.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? Timestamp.FromDateTime(time.ToUniversalTime())
            : null;

    private static string Text(RedisResult value) => (string?)value ?? string.Empty;

    private static long Number(RedisResult value, long absent) => value.IsNull ? absent : (long)value;
}
