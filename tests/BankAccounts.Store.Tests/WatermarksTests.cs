using System.Globalization;
using BankAccounts.ProjectionService.Log;
using Confluent.Kafka;

namespace BankAccounts.Store.Tests;

/// <summary>Where a partition starts and ends, asked of the client library's own mock cluster.</summary>
public sealed class WatermarksTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TopicPartition Place = new("log", 0);

    [Fact]
    public async Task An_empty_partition_starts_and_ends_at_0_and_each_record_moves_the_end()
    {
        using var broker = new Broker();
        using var consumer = broker.NewConsumer();
        Assert.Equal((0, 0), Ask(consumer));

        var config = new ProducerConfig { BootstrapServers = broker.Address, Acks = Acks.All };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        for (var record = 0; record < 3; record++)
        {
            await producer.ProduceAsync(Place, new Message<byte[], byte[]> { Key = [1], Value = [2] });
        }
        Assert.Equal((0, 3), Ask(consumer));
    }

    [Fact]
    public async Task While_the_leader_is_dead_the_timeout_is_kept_to()
    {
        var broker = new Broker();
        using var consumer = broker.NewConsumer();
        // From now on the client knows a leader to ask.
        Ask(consumer);
        broker.Dispose();

        var asked = Task.Run(() => Watermarks.End(consumer, Place, TimeSpan.FromSeconds(1)));
        await Assert.ThrowsAsync<KafkaException>(() => asked.WaitAsync(Patience));
    }

    private static (long Start, long End) Ask(IConsumer<byte[], byte[]> consumer) =>
        (Watermarks.Start(consumer, Place, Patience), Watermarks.End(consumer, Place, Patience));

    private sealed class Broker : IDisposable
    {
        private readonly IAdminClient owner;

        public Broker()
        {
            var config = new AdminClientConfig { BootstrapServers = "replaced-by-the-mock:9092" };
            config.Set("test.mock.num.brokers", "1");
            owner = new AdminClientBuilder(config).Build();
            // To ask for a topic by name creates it.
            owner.GetMetadata(Place.Topic, Patience);
            var port = owner.GetMetadata(Patience).Brokers.Single().Port;
            Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        }

        public string Address { get; }

        public IConsumer<byte[], byte[]> NewConsumer() => new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = Address, GroupId = "asks-and-reads-nothing" }).Build();

        public void Dispose() => owner.Dispose();
    }
}
