using System.Collections.Concurrent;
using System.Diagnostics;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
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
    EvictionGuard evictionGuard,
    IOptions<BankOptions> bank,
    IOptions<ProjectionOptions> projection,
    ILogger<LogReader> logger) : IHostedService, IDisposable
{
    /// <summary>How soon a seek that a projector wants is seen while nothing is read.</summary>
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(50);

    /// <summary>The same while a projector is about to want something: a first seek, or to go on reading.</summary>
    private static readonly TimeSpan ShortPollTime = TimeSpan.FromMilliseconds(5);

    /// <summary>How many records are read before they are handed over, and the projectors' wishes seen.</summary>
    private const int MaxRecordsPerTurn = 256;

    private static readonly TimeSpan MinLookInterval = TimeSpan.FromSeconds(2);

    /// <summary>How old the log's ends may be that the lag is measured by.</summary>
    private static readonly TimeSpan EndsInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long commits under way and the farewell to the group may take in the end.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<int, PartitionFeed> feeds = new();
    private readonly Stopwatch sinceLook = new();
    private readonly Stopwatch sinceEnds = Stopwatch.StartNew();
    private Thread? thread;

    // The client calls back on the reader's thread, while it is polled.
    private string? lookBecause;

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
        // Whatever is left of the host's patience: nobody may dispose of the consumer while it is used.
        await Task.Run(() => thread?.Join(LeaveTime), CancellationToken.None);
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
        // Nothing is wanted before the projector has read its position in Redis and seeks there. What is read until
        // then is dropped. Never begin at "the end": the client asks the broker where that is, and if a seek comes
        // between question and answer, it asks again and goes to the end instead (decision 0052).
        return partitions.Select(partition => new TopicPartitionOffset(partition, new Offset(0)));
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

    /// <summary>
    /// The client had an error with a broker: each projector is to look whether the log is still the same, because a
    /// failover may have cut its end.
    /// </summary>
    public void OnError(Error error)
    {
        lookBecause = error.Reason;
        LookIfDue();
    }

    /// <summary>At most once in a while, as errors come in swarms; the last of a swarm is put off.</summary>
    private void LookIfDue()
    {
        if (lookBecause is not { } reason || (sinceLook.IsRunning && sinceLook.Elapsed < MinLookInterval))
        {
            return;
        }
        lookBecause = null;
        sinceLook.Restart();
        LogFailed(reason);
        foreach (var feed in feeds.Values)
        {
            feed.Lose(new LogLostException($"a broker had an error ({reason}); looking at the log again."));
        }
    }

    private void Run()
    {
        try
        {
            topicGuard.Checked.Wait(stopping.Token);
            evictionGuard.Checked.Wait(stopping.Token);
            // The consumer is made here, because its callbacks belong to this object.
            var consumer = services.GetRequiredService<IConsumer<byte[]?, byte[]?>>();
            consumer.Subscribe(bank.Value.Topic);
            var leave = new GroupLeave(projection.Value.MinLeaveInterval, projection.Value.MaxLeaveInterval);
            while (!stopping.IsCancellationRequested)
            {
                Turn(consumer);
                if (leave.IsDue(projectors.NeedNewerBuild))
                {
                    LeaveForAWhile(consumer);
                }
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
            var pollTime = PollTime;
            LookIfDue();
            foreach (var (_, feed) in feeds)
            {
                FollowProjector(consumer, feed);
                pollTime = feed.IsPaused || !feed.HasSought ? ShortPollTime : pollTime;
            }
            StoreConfirmed(consumer);
            SeeEnds(consumer);
            Read(consumer, pollTime);
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

    /// <summary>Hands over to each projector at once what came for it, also if that ends with an error.</summary>
    private void Read(IConsumer<byte[]?, byte[]?> consumer, TimeSpan pollTime)
    {
        try
        {
            var read = consumer.Consume(pollTime);
            for (var count = 1; read is not null; count++)
            {
                Add(consumer, read);
                read = count < MaxRecordsPerTurn ? consumer.Consume(TimeSpan.Zero) : null;
            }
        }
        finally
        {
            foreach (var (_, feed) in feeds)
            {
                feed.HandOver();
            }
        }
    }

    private void Add(IConsumer<byte[]?, byte[]?> consumer, ConsumeResult<byte[]?, byte[]?> read)
    {
        if (feeds.TryGetValue(read.Partition.Value, out var feed)
            && feed.Add(new LogEntry(read.Offset.Value, read.Message.Key, read.Message.Value)) is { } missing)
        {
            LogGap(feed.Partition, missing, read.Offset.Value);
            ReadOn(consumer, feed, new TopicPartitionOffset(bank.Value.Topic, read.Partition, missing));
        }
    }

    /// <summary>Lets the group give this process' partitions to others, and joins again.</summary>
    private void LeaveForAWhile(IConsumer<byte[]?, byte[]?> consumer)
    {
        LogLeaving();
        consumer.Unsubscribe();
        var away = Stopwatch.StartNew();
        while (away.Elapsed < projection.Value.LeavePause && !stopping.IsCancellationRequested)
        {
            // The client calls back for the partitions that it gives up only while it is polled.
            Turn(consumer);
        }
        consumer.Subscribe(bank.Value.Topic);
    }

    private void FollowProjector(IConsumer<byte[]?, byte[]?> consumer, PartitionFeed feed)
    {
        var partition = new TopicPartition(bank.Value.Topic, feed.Partition);
        if (feed.TryGetSeek(out var seek, out var offset))
        {
            ReadOn(consumer, feed, new TopicPartitionOffset(partition, offset));
            feed.SeekDone(seek, offset);
        }
        if (feed.IsFull && !feed.IsPaused)
        {
            consumer.Pause([partition]);
            feed.IsPaused = true;
        }
        if (feed.IsPaused && feed.IsHalfEmpty)
        {
            consumer.Resume([partition]);
            feed.IsPaused = false;
        }
    }

    private void ReadOn(IConsumer<byte[]?, byte[]?> consumer, PartitionFeed feed, TopicPartitionOffset at)
    {
        try
        {
            consumer.ReadOn(at);
            LogSeek(feed.Partition, at.Offset);
        }
        catch (KafkaException failed)
        {
            // One partition must not keep the others from being read. Its projector tries again, later and later.
            feed.Lose(new LogLostException($"it could not be read on at {at.Offset} ({failed.Error.Reason})."));
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

    /// <summary>The client knows the ends from what it fetched: nobody is asked.</summary>
    private void SeeEnds(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (sinceEnds.Elapsed < EndsInterval)
        {
            return;
        }
        sinceEnds.Restart();
        foreach (var feed in feeds.Values)
        {
            feed.SeeEnd(consumer.GetWatermarkOffsets(new TopicPartition(bank.Value.Topic, feed.Partition)).High.Value);
        }
    }

    private static string Names(IEnumerable<TopicPartition> partitions) =>
        string.Join(", ", partitions.Select(partition => partition.Partition.Value));
}
