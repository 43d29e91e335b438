using System.Diagnostics;
using BankAccounts.ProjectionService.Ledger;
using Confluent.Kafka;

namespace BankAccounts.ProjectionService.Log;

/// <summary>
/// A reader of its own for one partition: it joins no group, so it takes nothing from the projectors, and
/// it commits no offsets.
/// </summary>
public sealed class KafkaLogCursor : ILogCursor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly IConsumer<byte[]?, byte[]?> consumer;
    private readonly TopicPartition partition;

    /// <summary>Begins at offset 0.</summary>
    public KafkaLogCursor(ConsumerConfig config, TopicPartition partition)
    {
        this.partition = partition;
        consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        consumer.Assign(new TopicPartitionOffset(partition, 0));
    }

    /// <inheritdoc/>
    public LogEntry Read(CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Patience)
        {
            cancellation.ThrowIfCancellationRequested();
            if (consumer.Consume(PollTime) is { Message: { } message } read)
            {
                return new LogEntry(read.Offset.Value, message.Key, message.Value);
            }
        }
        throw new LogSilentException(
            $"Partition {partition.Partition.Value}: the log gave no record for {Patience.TotalSeconds} s.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        consumer.Close();
        consumer.Dispose();
    }
}
