using System.Globalization;
using Confluent.Kafka;

namespace BankAccounts.Store.Tests;

/// <summary>The client library's own mock of a cluster.</summary>
internal sealed class MockBroker : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IAdminClient owner;

    public MockBroker(string topic)
    {
        var config = new AdminClientConfig { BootstrapServers = "replaced-by-the-mock:9092" };
        config.Set("test.mock.num.brokers", "1");
        owner = new AdminClientBuilder(config).Build();
        // To ask for a topic by name creates it.
        owner.GetMetadata(topic, Patience);
        var port = owner.GetMetadata(Patience).Brokers.Single().Port;
        Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    }

    public string Address { get; }

    public IConsumer<byte[], byte[]> NewConsumer() => new ConsumerBuilder<byte[], byte[]>(
        new ConsumerConfig { BootstrapServers = Address, GroupId = "asks-and-reads-nothing" }).Build();

    /// <summary>Appends so many records.</summary>
    public async Task AppendAsync(TopicPartition place, int records)
    {
        var config = new ProducerConfig { BootstrapServers = Address, Acks = Acks.All };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        for (var record = 0; record < records; record++)
        {
            await producer.ProduceAsync(place, new Message<byte[], byte[]> { Key = [1], Value = [2] });
        }
    }

    public void Dispose() => owner.Dispose();
}
