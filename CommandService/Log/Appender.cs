using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace BankAccounts.CommandService.Log;

/// <summary>Too much is under way; nothing was appended.</summary>
public sealed class OverloadedException(string message) : Exception(message);

/// <summary>Kafka or Redis is away; nothing was appended.</summary>
public sealed class NotAppendedException(string message) : Exception(message);

/// <summary>
/// Appends commands to the log and keeps those that wait for a decision. Its duties towards the fold:
/// it numbers its records of a partition and hands them over under one lock; it keeps newest − oldest
/// unresolved within the window; after a failed or timed-out send it never appends that number again.
/// </summary>
public sealed partial class Appender(
    IProducer<byte[], byte[]> producer,
    SharedClock clock,
    IOptions<BankOptions> bank,
    IOptions<CommandOptions> options,
    ILogger<Appender> logger)
{
    private readonly ByteString producerId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Bounds.ProducerIdSize));
    private readonly ConcurrentDictionary<(int Partition, long Sequence), PendingCommand> pending = new();
    private readonly SequenceWindow[] windows =
        [.. Enumerable.Range(0, bank.Value.PartitionCount).Select(_ => new SequenceWindow())];

    private int underWay;

    /// <summary>This process among those that append.</summary>
    public ReadOnlyMemory<byte> ProducerId => producerId.Memory;

    /// <summary>The Redis channel on which this process is told decisions.</summary>
    public string ReplyTo { get; private set; } = string.Empty;

    /// <summary>The commands that wait for a decision.</summary>
    public ICollection<PendingCommand> Pending => pending.Values;

    /// <summary>Names the channel on which decisions are heard. Before the first append.</summary>
    public void ListenOn(string channel) => ReplyTo = channel;

    /// <summary>Appends a command for an account. What becomes of it is the outcome of the result.</summary>
    /// <exception cref="OverloadedException">Too much is under way. Nothing was appended.</exception>
    /// <exception cref="NotAppendedException">Redis is away. Nothing was appended.</exception>
    public PendingCommand Append(AccountId account, LogRecord command)
    {
        command.RecordedAtMs = clock.NowMs
            ?? throw new NotAppendedException("Redis is away, so the decision could not be told.");
        command.ProducerId = producerId;
        command.ReplyTo = ByteString.CopyFromUtf8(ReplyTo);
        command.Traceparent = TraceContext.Current();
        var key = Encoding.ASCII.GetBytes(account.ToString());
        if (Interlocked.Increment(ref underWay) > options.Value.MaxUnderWay)
        {
            Interlocked.Decrement(ref underWay);
            throw new OverloadedException("Too many commands are under way in this process.");
        }
        try
        {
            return HandOver(account.Partition, key, command);
        }
        catch
        {
            Interlocked.Decrement(ref underWay);
            throw;
        }
    }

    /// <summary>A decision became known. Nothing happens if nobody waits for it any more.</summary>
    public void Decide(int partition, long sequence, CommandOutcome outcome)
    {
        if (!pending.TryGetValue((partition, sequence), out var command))
        {
            return;
        }
        if (outcome.Decision is { Pending: true } interim)
        {
            command.IsPending(interim);
        }
        else
        {
            Finish(command, outcome);
        }
    }

    /// <summary>Nobody waits for this command any more.</summary>
    public void Abandon(PendingCommand command) =>
        Finish(command, new CommandOutcome(AppendResult.Unknown, Decision: null));

    private PendingCommand HandOver(int partition, byte[] key, LogRecord command)
    {
        var window = windows[partition];
        lock (window)
        {
            if (!window.TryTake(out var sequence))
            {
                throw new OverloadedException($"Too many records of partition {partition} are not acknowledged yet.");
            }
            command.ProducerSequence = sequence;
            var waiting = new PendingCommand(partition, sequence);
            pending[(partition, sequence)] = waiting;
            try
            {
                producer.Produce(
                    new TopicPartition(bank.Value.Topic, partition),
                    new Message<byte[], byte[]>
                    {
                        Key = key,
                        Value = LogFrame.Encode(command),
                        Headers = TraceContext.HeadersOf(command),
                    },
                    report => OnReport(waiting, report));
                return waiting;
            }
            catch (ProduceException<byte[], byte[]> refused)
            {
                // The client library did not take it, so it is not in the log and never will be.
                window.Resolve(sequence);
                pending.TryRemove((partition, sequence), out _);
                throw refused.Error.Code == ErrorCode.Local_QueueFull
                    ? new OverloadedException("The queue towards Kafka is full.")
                    : new NotAppendedException(refused.Error.Reason);
            }
        }
    }

    private void OnReport(PendingCommand command, DeliveryReport<byte[], byte[]> report)
    {
        var window = windows[command.Partition];
        lock (window)
        {
            window.Resolve(command.Sequence);
        }
        if (report.Error.Code == ErrorCode.NoError)
        {
            command.StoredAt(report.Offset.Value);
            return;
        }
        LogNotAcknowledged(command.Partition, command.Sequence, report.Error.Reason);
        Finish(command, new CommandOutcome(
            report.Status == PersistenceStatus.NotPersisted ? AppendResult.NotAppended : AppendResult.Unknown,
            Decision: null));
    }

    private void Finish(PendingCommand command, CommandOutcome outcome)
    {
        if (pending.TryRemove((command.Partition, command.Sequence), out _))
        {
            Interlocked.Decrement(ref underWay);
            command.Complete(outcome);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning,
        Message = "Partition {Partition}, sequence {Sequence}: Kafka did not acknowledge ({Reason}).")]
    private partial void LogNotAcknowledged(int partition, long sequence, string reason);
}
