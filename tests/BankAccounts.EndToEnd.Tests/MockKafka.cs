using System.Globalization;
using Confluent.Kafka;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// A Kafka of three brokers that speaks the current protocol (ApiVersions, record batches with headers,
/// idempotent producer): librdkafka's own mock cluster. It listens on the loopback interface of this
/// process, keeps everything in memory, and lives as long as the client that asked for it.
/// </summary>
public sealed class MockKafka : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IAdminClient owner;
    private readonly Dictionary<int, int> portOfLeader;

    /// <summary>Starts the cluster, with a topic of as many partitions as the mock gives one.</summary>
    public MockKafka(string topic)
    {
        Topic = topic;
        var config = new AdminClientConfig { BootstrapServers = "replaced-by-the-mock:9092" };
        config.Set("test.mock.num.brokers", "3");
        owner = new AdminClientBuilder(config).Build();
        // To ask for a topic by name creates it.
        owner.GetMetadata(topic, Patience);
        var metadata = owner.GetMetadata(Patience);
        var ports = metadata.Brokers.ToDictionary(broker => broker.BrokerId, broker => broker.Port);
        BootstrapServers = string.Join(',', ports.Values.Select(
            port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")));
        portOfLeader = metadata.Topics.Single(described => described.Topic == topic).Partitions
            .ToDictionary(partition => partition.PartitionId, partition => ports[partition.Leader]);
    }

    public string Topic { get; }

    public string BootstrapServers { get; }

    public int PartitionCount => portOfLeader.Count;

    /// <summary>The record batches of all partitions, as the producers sent them.</summary>
    public async Task<List<RecordBatch>> BatchesAsync()
    {
        var batches = new List<RecordBatch>();
        foreach (var (partition, port) in portOfLeader)
        {
            batches.AddRange(await RecordBatch.FetchAllAsync(port, Topic, partition));
        }
        return batches;
    }

    /// <summary>The records from the beginning to the present end, read by a consumer without a group.</summary>
    public List<ConsumeResult<byte[], byte[]>> Records()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = BootstrapServers,
            GroupId = "looks-without-joining",
            EnableAutoCommit = false,
        }).Build();
        var partitions = portOfLeader.Keys
            .Select(partition => new TopicPartition(Topic, partition)).ToList();
        var missing = partitions.Sum(
            partition => consumer.QueryWatermarkOffsets(partition, Patience).High.Value);
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, 0)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        while (records.Count < missing)
        {
            records.Add(consumer.Consume(Patience)
                ?? throw new TimeoutException($"Only {records.Count} of {missing} records came."));
        }
        return records;
    }

    public void Dispose() => owner.Dispose();
}
