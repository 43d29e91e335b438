using System.Collections.Concurrent;
using System.Reflection;
using System.Threading.Channels;
using BankAccounts.Log.V1;
using Confluent.Kafka;

namespace BankAccounts.Commands.Tests;

/// <summary>A record that was appended. Kafka says nothing about it until the test lets it.</summary>
public sealed record Appended(
    int Partition, long Offset, LogRecord Record, Action<DeliveryReport<byte[], byte[]>> OnReport)
{
    /// <summary>Whether it was given to the producer that lets records wait for each other.</summary>
    public bool IsGathered { get; init; }

    /// <summary>Kafka has stored it, or a copy of it.</summary>
    public void Acknowledge(long? at = null) => OnReport(new DeliveryReport<byte[], byte[]>
    {
        Offset = at ?? Offset,
        Error = new Error(ErrorCode.NoError),
        Status = PersistenceStatus.Persisted,
    });

    /// <summary>Kafka did not acknowledge it.</summary>
    public void Fail(PersistenceStatus status) => OnReport(new DeliveryReport<byte[], byte[]>
    {
        Error = new Error(ErrorCode.Local_MsgTimedOut),
        Status = status,
    });
}

/// <summary>
/// The log in memory, behind the interface of the client library: what is appended waits here for the test
/// to say what becomes of it. The proxy answers the one method that the service uses.
/// </summary>
public class MemoryLog : DispatchProxy
{
    private readonly ConcurrentDictionary<int, long> ends = new();
    private readonly Channel<Appended> appended = Channel.CreateUnbounded<Appended>();

    private readonly ConcurrentDictionary<(int Partition, long Offset), Appended> unreported = new();

    private int count;

    /// <summary>How many records were appended so far.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>The records, one by one as they are appended.</summary>
    public ChannelReader<Appended> Records => appended.Reader;

    /// <summary>The client library reports about every record at last, as this does about what is left.</summary>
    public void FailUnreported()
    {
        foreach (var entry in unreported.Values)
        {
            entry.Fail(PersistenceStatus.PossiblyPersisted);
        }
    }

    /// <summary>Nothing more will be appended.</summary>
    public void Close() => appended.Writer.TryComplete();

    /// <summary>The gathering producer, which appends to the same log.</summary>
    public IProducer<byte[], byte[]> Gathering()
    {
        var producer = DispatchProxy.Create<IProducer<byte[], byte[]>, GatheringLog>();
        ((GatheringLog)(object)producer).Log = this;
        return producer;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        Take(targetMethod, args, isGathered: false);

    private object? Take(MethodInfo? targetMethod, object?[]? args, bool isGathered)
    {
        if (args is not [TopicPartition to, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> report])
        {
            throw new NotSupportedException(targetMethod?.Name);
        }
        // The service calls this under one lock per partition.
        var offset = ends.AddOrUpdate(to.Partition.Value, 0, (_, last) => last + 1);
        Assert.Equal(FrameKind.Record, LogFrame.Decode(message.Value, out var record));
        var place = (to.Partition.Value, offset);
        var entry = new Appended(to.Partition.Value, offset, record!, delivered =>
        {
            if (unreported.TryRemove(place, out _))
            {
                report(delivered);
            }
        })
        {
            IsGathered = isGathered,
        };
        unreported[place] = entry;
        appended.Writer.TryWrite(entry);
        Interlocked.Increment(ref count);
        return null;
    }

    /// <summary>Gives a log what it is given, and says by whom.</summary>
    public class GatheringLog : DispatchProxy
    {
        /// <summary>The log.</summary>
        public MemoryLog Log { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Log.Take(targetMethod, args, isGathered: true);
    }
}
