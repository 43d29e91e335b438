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
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[]?, byte[]?> consumer;
    private readonly TopicPartition partition;
    private long next;

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
        long? waitingSince = null;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryRead(cancellation) is { Message: { } message } read)
            {
                next = read.Offset.Value + 1;
                return new LogEntry(read.Offset.Value, message.Key, message.Value);
            }
            // The usual record is there already: its reading needs no clock.
            waitingSince ??= Stopwatch.GetTimestamp();
        }
        while (Stopwatch.GetElapsedTime(waitingSince.Value) < Patience);
        if (Watermarks.End(consumer, partition, RequestTimeout) is var end && end <= next)
        {
            throw new LogMismatchException($"the log ends at {end}");
        }
        throw new LogSilentException(
            $"Partition {partition.Partition.Value}: the log gave no record for {Patience.TotalSeconds} s.");
    }

    private ConsumeResult<byte[]?, byte[]?>? TryRead(CancellationToken cancellation)
    {
        try
        {
            return consumer.Consume(PollTime);
        }
        catch (ConsumeException lost)
            when (lost.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            throw new LogMismatchException($"the log has no record at {next}: {lost.Error.Reason}");
        }
        catch (ConsumeException passing) when (!passing.Error.IsFatal)
        {
            // A broker is away or a leader moves: the client library connects again by itself.
            cancellation.WaitHandle.WaitOne(PollTime);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        consumer.Close();
        consumer.Dispose();
    }
}
