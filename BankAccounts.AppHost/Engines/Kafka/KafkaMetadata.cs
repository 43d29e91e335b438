using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>
/// What a broker says of the cluster: Kafka's Metadata request, version 0, which brokers of every
/// age answer. It is all that a health check needs, so the AppHost does without a Kafka client.
/// </summary>
/// <param name="Brokers">The node ids of the brokers that it knows to be alive.</param>
/// <param name="LedPartitions">Per topic, how many of its partitions have a leader.</param>
public sealed record KafkaMetadata(
    IReadOnlySet<int> Brokers, IReadOnlyDictionary<string, int> LedPartitions)
{
    private const short MetadataRequest = 3;
    private const int MostAnswerBytes = 16 * 1024 * 1024;
    private const string ClientId = "bank-apphost";

    /// <summary>Asks the broker on a port of 127.0.0.1 about all topics.</summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">
    /// The connection broke, or the answer is none of Kafka's.
    /// </exception>
    public static async Task<KafkaMetadata> AskAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Request(), cancellationToken);

        var length = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var size = BinaryPrimitives.ReadInt32BigEndian(length);
        if (size is < 0 or > MostAnswerBytes)
        {
            throw new IOException($"An answer of {size} bytes is none of Kafka's.");
        }

        var answer = new byte[size];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return Parse(answer);
    }

    /// <summary>Reads an answer, from its correlation id on.</summary>
    /// <exception cref="IOException">The answer ends early or is none of Kafka's.</exception>
    public static KafkaMetadata Parse(ReadOnlySpan<byte> answer)
    {
        var reader = new Reader(answer);
        reader.Int32();

        var brokers = new HashSet<int>();
        for (var left = reader.Count(); left > 0; left--)
        {
            brokers.Add(reader.Int32());
            reader.Text();
            reader.Int32();
        }

        var topics = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var left = reader.Count(); left > 0; left--)
        {
            reader.Int16();
            topics[reader.Text()] = LedPartitionsOfTopic(ref reader);
        }

        return new KafkaMetadata(brokers, topics);
    }

    private static int LedPartitionsOfTopic(ref Reader reader)
    {
        var led = 0;
        for (var left = reader.Count(); left > 0; left--)
        {
            reader.Int16();
            reader.Int32();
            led += reader.Int32() >= 0 ? 1 : 0;
            reader.SkipInt32s();
            reader.SkipInt32s();
        }

        return led;
    }

    private static byte[] Request()
    {
        var client = Encoding.ASCII.GetBytes(ClientId);
        // Length, api key, api version, correlation id, client id, and an empty list: all topics.
        var request = new byte[4 + 2 + 2 + 4 + 2 + client.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - sizeof(int));
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(4), MetadataRequest);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), (short)client.Length);
        client.CopyTo(request, 14);
        return request;
    }

    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> rest = rest;

        public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

        public int Count() =>
            Int32() is var count && count >= 0 && count <= rest.Length
                ? count
                : throw new IOException("A list in the answer is longer than the answer.");

        public string Text() => Encoding.UTF8.GetString(Take(Int16()));

        public void SkipInt32s()
        {
            for (var left = Count(); left > 0; left--)
            {
                Int32();
            }
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > rest.Length)
            {
                throw new IOException("The answer ends early.");
            }

            var taken = rest[..count];
            rest = rest[count..];
            return taken;
        }
    }
}
