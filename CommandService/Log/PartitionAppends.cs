using BankAccounts.ServiceDefaults.Overload;
using Confluent.Kafka;

namespace BankAccounts.CommandService.Log;

/// <summary>What this process has under way in one partition.</summary>
internal sealed class PartitionAppends(string topic, int partition)
{
    /// <summary>Where the records go.</summary>
    public TopicPartition Place { get; } = new(topic, partition);

    /// <summary>The numbers of the records. Records are numbered and handed over under its lock.</summary>
    public SequenceWindow Window { get; } = new();

    /// <summary>Of what may be unresolved in a partition, each caller has its part.</summary>
    public SharedRoom Room { get; } = new(SequenceWindow.Size);

    /// <summary>Those that wait for what becomes of their records.</summary>
    public WaitingCommands Waiting { get; } = new();

    /// <summary>The producer of the last record. Under the window's lock.</summary>
    public IProducer<byte[], byte[]>? Producer { get; set; }
}
