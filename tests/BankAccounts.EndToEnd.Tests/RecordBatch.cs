using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// What stands before the records of a batch in the log. No client shows it, so it is fetched and read
/// here (Kafka protocol guide: Fetch, version 4; record batch, magic 2).
/// </summary>
/// <param name="Partition">The partition it was fetched from.</param>
/// <param name="Magic">
/// 2 since Kafka 0.11; only such batches have headers and the fields that follow.
/// </param>
/// <param name="ProducerId">What the broker named the producer; −1 of a producer without idempotence.</param>
/// <param name="ProducerEpoch">0 or more; −1 of a producer without idempotence.</param>
/// <param name="BaseSequence">The producer's number of the first record; −1 without idempotence.</param>
/// <param name="Records">How many records follow.</param>
public sealed record RecordBatch(
    int Partition, int Magic, long ProducerId, short ProducerEpoch, int BaseSequence, int Records)
{
    private const short FetchRequest = 1;
    private const short FetchVersion = 4;
    private const int MaxBytes = 16 * 1024 * 1024;

    // Offsets within a batch.
    private const int LengthAt = 8;
    private const int MagicAt = 16;
    private const int LastOffsetDeltaAt = 23;
    private const int ProducerIdAt = 43;
    private const int ProducerEpochAt = 51;
    private const int BaseSequenceAt = 53;
    private const int RecordsAt = 57;
    private const int HeaderSize = 61;

    /// <summary>Fetches a partition's batches from its leader, from offset 0 to the end.</summary>
    public static async Task<List<RecordBatch>> FetchAllAsync(int port, string topic, int partition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        var batches = new List<RecordBatch>();
        long offset = 0;
        while (true)
        {
            var answer = await AskAsync(
                client.GetStream(), Request(topic, partition, offset), patience.Token);
            var (end, records) = Open(answer, topic);
            if (offset == end)
            {
                return batches;
            }
            offset = Read(records, partition, batches);
        }
    }

    /// <summary>Reads batches that follow one another; the result is the offset behind the last.</summary>
    private static long Read(ReadOnlySpan<byte> records, int partition, List<RecordBatch> into)
    {
        long next = -1;
        while (!records.IsEmpty)
        {
            Assert.True(records.Length >= HeaderSize, $"{records.Length} bytes are no batch.");
            into.Add(new RecordBatch(
                partition,
                records[MagicAt],
                BinaryPrimitives.ReadInt64BigEndian(records[ProducerIdAt..]),
                BinaryPrimitives.ReadInt16BigEndian(records[ProducerEpochAt..]),
                BinaryPrimitives.ReadInt32BigEndian(records[BaseSequenceAt..]),
                BinaryPrimitives.ReadInt32BigEndian(records[RecordsAt..])));
            next = BinaryPrimitives.ReadInt64BigEndian(records)
                + BinaryPrimitives.ReadInt32BigEndian(records[LastOffsetDeltaAt..]) + 1;
            var length = BinaryPrimitives.ReadInt32BigEndian(records[LengthAt..]);
            records = records[(LengthAt + sizeof(int) + length)..];
        }
        Assert.True(next >= 0, "The broker answered without any batch before the end.");
        return next;
    }

    private static byte[] Request(string topic, int partition, long offset)
    {
        var name = Encoding.ASCII.GetBytes(topic);
        var request = new List<byte>();
        Add16(request, FetchRequest);
        Add16(request, FetchVersion);
        Add32(request, 0); // correlation id
        Add16(request, -1); // no client id
        Add32(request, -1); // a consumer, no replica
        Add32(request, 0); // does not wait
        Add32(request, 0); // for any number of bytes
        Add32(request, MaxBytes);
        request.Add(0); // isolation level: read uncommitted
        Add32(request, 1);
        Add16(request, (short)name.Length);
        request.AddRange(name);
        Add32(request, 1);
        Add32(request, partition);
        Add64(request, offset);
        Add32(request, MaxBytes);
        return [.. request];
    }

    /// <summary>The end of the partition and the batches in an answer.</summary>
    private static (long End, byte[] Records) Open(ReadOnlySpan<byte> answer, string topic)
    {
        // Correlation id, throttle time, number of topics, name, number of partitions, partition.
        var rest = answer[(4 + 4 + 4 + 2 + topic.Length + 4 + 4)..];
        Assert.Equal(0, BinaryPrimitives.ReadInt16BigEndian(rest));
        var end = BinaryPrimitives.ReadInt64BigEndian(rest[2..]);
        // Behind the last stable offset: transactions that were aborted, of which there are none.
        Assert.True(BinaryPrimitives.ReadInt32BigEndian(rest[18..]) <= 0);
        var size = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(rest[22..]));
        return (end, rest.Slice(26, size).ToArray());
    }

    private static async Task<byte[]> AskAsync(
        NetworkStream stream, byte[] request, CancellationToken cancellation)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, request.Length);
        await stream.WriteAsync((byte[])[.. length, .. request], cancellation);
        await stream.ReadExactlyAsync(length, cancellation);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(answer, cancellation);
        return answer;
    }

    private static void Add16(List<byte> request, short value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        request.AddRange(bytes);
    }

    private static void Add32(List<byte> request, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        request.AddRange(bytes);
    }

    private static void Add64(List<byte> request, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        request.AddRange(bytes);
    }
}
