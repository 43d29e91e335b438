using Confluent.Kafka;

namespace BankAccounts.ProjectionService.Log;

/// <summary>Where a partition starts and ends, asked of its leader.</summary>
/// <remarks>
/// <see cref="IConsumer{TKey,TValue}.QueryWatermarkOffsets"/> would say both at once, but librdkafka before 2.3 does
/// not keep to its timeout: while the broker that it asks is dead, it asks that one again and again, even when the
/// partition has long had another leader (decision 0096). A search by time keeps to it, and ListOffsets takes these
/// two times for the two ends (Kafka's protocol guide, ListOffsets, <c>timestamp</c>).
/// </remarks>
public static class Watermarks
{
    private static readonly Timestamp Earliest = new(-2, TimestampType.NotAvailable);
    private static readonly Timestamp Latest = new(-1, TimestampType.NotAvailable);

    /// <summary>The offset of the first record.</summary>
    /// <exception cref="KafkaException">There was no answer in time.</exception>
    public static long Start<TKey, TValue>(
        IConsumer<TKey, TValue> consumer, TopicPartition partition, TimeSpan timeout) =>
        Ask(consumer, new TopicPartitionTimestamp(partition, Earliest), timeout);

    /// <summary>The offset behind the last record.</summary>
    /// <exception cref="KafkaException">There was no answer in time.</exception>
    public static long End<TKey, TValue>(
        IConsumer<TKey, TValue> consumer, TopicPartition partition, TimeSpan timeout) =>
        Ask(consumer, new TopicPartitionTimestamp(partition, Latest), timeout);

    private static long Ask<TKey, TValue>(
        IConsumer<TKey, TValue> consumer, TopicPartitionTimestamp place, TimeSpan timeout) =>
        consumer.OffsetsForTimes([place], timeout).Single().Offset.Value is >= 0 and var offset
            ? offset
            : throw new KafkaException(
                new Error(ErrorCode.Local_TimedOut, $"the leader of {place.TopicPartition} did not answer in time"));
}
