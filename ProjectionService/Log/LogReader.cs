using System.Collections.Concurrent;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService.Log;

/// <summary>
/// Reads the log as a member of the consumer group, on a thread of its own: the client library blocks.
/// It hands each partition that the group assigns to a projector, and takes it away when the group
/// does. Where a partition is read from is the projector's word, never the group's committed offset.
/// </summary>
public sealed partial class LogReader(
    IServiceProvider services,
    ProjectorGroup projectors,
    LogTopicGuard topicGuard,
    IOptions<BankOptions> bank,
    IOptions<ProjectionOptions> projection,
    ILogger<LogReader> logger) : IHostedService, IDisposable
{
    /// <summary>How soon a seek or a resume that a projector wants is seen while nothing is read.</summary>
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<int, PartitionFeed> feeds = new();
    private Thread? thread;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        thread = new Thread(Run) { Name = "log reader", IsBackground = true };
        thread.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.Run(() => thread?.Join(), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    /// <summary>The group gave these partitions to this process.</summary>
    public IEnumerable<TopicPartitionOffset> OnAssigned(IReadOnlyCollection<TopicPartition> partitions)
    {
        LogAssigned(Names(partitions));
        projectors.Joined();
        foreach (var partition in partitions)
        {
            var feed = new PartitionFeed(partition.Partition.Value, projection.Value.MaxQueuedRecords);
            feeds[partition.Partition.Value] = feed;
            projectors.Start(feed);
        }
        // Nothing is wanted before the projector has read its position in Redis and seeks there.
        return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End));
    }

    /// <summary>The group takes these partitions away: their projectors finish what they committed.</summary>
    public void OnRevoked(IReadOnlyCollection<TopicPartition> partitions)
    {
        LogRevoked(Names(partitions));
        foreach (var partition in partitions)
        {
            feeds.TryRemove(partition.Partition.Value, out _);
        }
        projectors.Stop([.. partitions.Select(partition => partition.Partition.Value)]);
    }

    private void Run()
    {
        try
        {
            topicGuard.Checked.Wait(stopping.Token);
            // The consumer is made here, because its callbacks belong to this object.
            var consumer = services.GetRequiredService<IConsumer<byte[]?, byte[]?>>();
            consumer.Subscribe(bank.Value.Topic);
            while (!stopping.IsCancellationRequested)
            {
                Turn(consumer);
            }
            projectors.Stop([.. feeds.Keys]);
            consumer.Close();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped before the topic was there.
        }
    }

    private void Turn(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            foreach (var feed in feeds.Values)
            {
                FollowProjector(consumer, feed);
            }
            StoreConfirmed(consumer);
            if (consumer.Consume(PollTime) is { } read && feeds.TryGetValue(read.Partition.Value, out var target))
            {
                target.Add(new LogEntry(read.Offset.Value, read.Message.Key, read.Message.Value));
                if (target.IsFull && !target.IsPaused)
                {
                    consumer.Pause([read.TopicPartition]);
                    target.IsPaused = true;
                }
            }
        }
        catch (ConsumeException failed)
            when (failed.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            var at = failed.ConsumerRecord;
            if (feeds.TryGetValue(at.Partition.Value, out var feed))
            {
                feed.Lose(new LogLostException(
                    $"Partition {at.Partition.Value}: the log has no offset {at.Offset.Value}"
                    + $" ({failed.Error.Reason})."));
            }
        }
        catch (KafkaException failed)
        {
            LogFailed(failed.Error.Reason);
            stopping.Token.WaitHandle.WaitOne(ErrorPause);
        }
    }

    private void FollowProjector(IConsumer<byte[]?, byte[]?> consumer, PartitionFeed feed)
    {
        var partition = new TopicPartition(bank.Value.Topic, feed.Partition);
        if (feed.TryGetSeek(out var seek, out var offset))
        {
            consumer.Seek(new TopicPartitionOffset(partition, offset));
            feed.SeekDone(seek);
            LogSeek(feed.Partition, offset);
        }
        if (feed.IsPaused && feed.IsHalfEmpty)
        {
            consumer.Resume([partition]);
            feed.IsPaused = false;
        }
    }

    /// <summary>Tells the group how far the commits to Redis are, for tools that show its lag.</summary>
    private void StoreConfirmed(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var (partition, position) in projectors.TakeConfirmed())
        {
            if (feeds.ContainsKey(partition))
            {
                consumer.StoreOffset(new TopicPartitionOffset(bank.Value.Topic, partition, position));
            }
        }
    }

    private static string Names(IEnumerable<TopicPartition> partitions) =>
        string.Join(", ", partitions.Select(partition => partition.Partition.Value));

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Assigned partitions {Partitions}.")]
    private partial void LogAssigned(string partitions);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Revoked partitions {Partitions}.")]
    private partial void LogRevoked(string partitions);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Debug, Message = "Partition {Partition}: reading on at {Offset}.")]
    private partial void LogSeek(int partition, long offset);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning,
        Message = "Reading the log failed ({Reason}); trying again.")]
    private partial void LogFailed(string reason);
}
