using Confluent.Kafka;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>One record at a time to a partition and back to a consumer that waits for it.</summary>
internal sealed class RoundTrip : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IProducer<byte[], byte[]> producer;
    private readonly IConsumer<byte[], byte[]> consumer;
    private readonly TopicPartition place;

    /// <summary>Waits at the end of the partition.</summary>
    public RoundTrip(KafkaClients clients, TopicPartition place)
    {
        this.place = place;
        var config = clients.ProducerConfig();
        config.LingerMs = 0;
        producer = KafkaClients.NewProducer(config);
        consumer = clients.NewConsumer();
        var end = consumer.QueryWatermarkOffsets(place, Patience).High;
        consumer.Assign(new TopicPartitionOffset(place, end));
    }

    /// <summary>Sends a record and waits until it is back.</summary>
    public void Make(Message<byte[], byte[]> record)
    {
        producer.Produce(place, record);
        _ = consumer.Consume(Patience) ?? throw new BenchException("A record did not come back.");
    }

    public void Dispose()
    {
        consumer.Dispose();
        producer.Dispose();
    }
}
