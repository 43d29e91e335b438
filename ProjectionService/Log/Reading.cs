using Confluent.Kafka;

namespace BankAccounts.ProjectionService.Log;

/// <summary>Where a member of a cooperative consumer group reads on.</summary>
public static class Reading
{
    /// <summary>
    /// Reads a partition that the group has assigned on at an offset. After one that the log did not have the client
    /// reads the partition no further, and it seeks in none that it does not read (librdkafka,
    /// <c>rd_kafka_toppar_seek</c>): then it begins with the partition anew.
    /// </summary>
    /// <returns>Whether it had to begin anew.</returns>
    public static bool ReadOn<TKey, TValue>(this IConsumer<TKey, TValue> consumer, TopicPartitionOffset at)
    {
        try
        {
            consumer.Seek(at);
            return false;
        }
        catch (KafkaException refused) when (refused.Error.Code == ErrorCode.Local_State)
        {
            consumer.IncrementalUnassign([at.TopicPartition]);
            consumer.IncrementalAssign([at]);
            return true;
        }
    }
}
