using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using BankAccounts.Log.V1;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Kafka;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.ServiceDefaults.Tracing;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace BankAccounts.CommandService.Log;

/// <summary>Kafka or Redis is away; nothing was appended.</summary>
public sealed class NotAppendedException(string message) : Exception(message);

/// <summary>Whether Kafka answered when it was last asked.</summary>
public delegate bool KafkaIsThere();

/// <summary>
/// Appends commands to the log and keeps those that wait for a decision. Its duties towards the fold:
/// it numbers its records of a partition and hands them over under one lock; it keeps newest − oldest
/// unresolved within the window; after a failed or timed-out send it never appends that number again.
/// </summary>
public sealed partial class Appender(
    LogProducers producers,
    KafkaIsThere isKafkaThere,
    SharedClock clock,
    IOptions<BankOptions> bank,
    ILogger<Appender> logger)
{
    private readonly ByteString producerId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Bounds.ProducerIdSize));
    private readonly PartitionAppends[] partitions =
    [
        .. Enumerable.Range(0, bank.Value.PartitionCount)
            .Select(number => new PartitionAppends(bank.Value.Topic, number)),
    ];

    private ByteString? replyTo;

    /// <summary>This process among those that append.</summary>
    public ReadOnlyMemory<byte> ProducerId => producerId.Memory;

    /// <summary>The Redis channel on which this process is told decisions. Short: it stands in every record.</summary>
    public string ReplyTo => $"bank:decisions:{Base64Url.EncodeToString(producerId.Span)}";

    /// <summary>The commands that are under way, as they are while one looks.</summary>
    public IEnumerable<PendingCommand> Pending => partitions.SelectMany(partition => partition.Waiting.ToArray());

    /// <summary>The commands that wait, of each partition.</summary>
    public IEnumerable<WaitingCommands> Waiting => partitions.Select(partition => partition.Waiting);

    /// <summary>Tells those who wait for room in a partition.</summary>
    public RoomSignal Acknowledged { get; } = new();

    /// <summary>
    /// Appends a command; who waits for it is told what becomes of it. False if too much of its partition waits for
    /// Kafka: nothing was appended then.
    /// </summary>
    /// <exception cref="NotAppendedException">Kafka or Redis is away. Nothing was appended.</exception>
    public bool TryAppend(LogRecord command, PendingCommand waiting)
    {
        if (!isKafkaThere())
        {
            throw new NotAppendedException("Kafka is away.");
        }
        command.RecordedAtMs = clock.NowMs
            ?? throw new NotAppendedException("Redis is away, so the decision could not be told.");
        command.ProducerId = producerId;
        command.ReplyTo = waiting.WaitsForDecision ? replyTo ??= ByteString.CopyFromUtf8(ReplyTo) : ByteString.Empty;
        var key = new byte[AccountId.TextLength];
        waiting.Account.WriteText(key);
        return TryHandOver(key, command, waiting);
    }

    /// <summary>A decision became known. Nothing happens if nobody waits for it any more.</summary>
    public void Decide(int partition, long sequence, CommandOutcome outcome)
    {
        if (outcome.Decision is { Pending: true } interim)
        {
            partitions[partition].Waiting.IsPending(sequence, interim);
        }
        else
        {
            Finish(partition, sequence, outcome);
        }
    }

    /// <summary>What stands at this offset was told to this process, and so was what stands before it.</summary>
    public void IsToldUpTo(int partition, long offset) => partitions[partition].Waiting.IsToldUpTo(offset);

    /// <summary>A copy of a command came, and the first one stands there: that is where its decision is.</summary>
    public void IsRedelivery(int partition, long sequence, long firstOffset)
    {
        if (firstOffset >= 0)
        {
            partitions[partition].Waiting.Find(sequence)?.StoredFirstAt(firstOffset);
        }
    }

    /// <summary>This command is not waited for any longer: what became of it is unknown, if it is not known.</summary>
    public void Abandon(PendingCommand command) =>
        Finish(command.Partition, command.Sequence, new CommandOutcome(AppendResult.Unknown, Decision: null));

    /// <summary>Abandons every command of which this is true.</summary>
    public void AbandonAll(Func<PendingCommand, bool> which)
    {
        foreach (var command in Pending.Where(command => command.IsHandedOver && which(command)))
        {
            Abandon(command);
        }
    }

    private bool TryHandOver(byte[] key, LogRecord command, PendingCommand waiting)
    {
        var partition = partitions[waiting.Partition];
        if (!partition.Room.TryTake(waiting.Caller))
        {
            return false;
        }
        lock (partition.Window)
        {
            var producer = ProducerFor(partition);
            if (!partition.Window.TryTake(out var sequence))
            {
                partition.Room.GiveBack(waiting.Caller);
                return false;
            }
            command.ProducerSequence = sequence;
            waiting.BeginAs(sequence, StartSpan(command, waiting), this);
            command.Traceparent = TraceContext.Of(waiting.Sending);
            partition.Waiting.Add(waiting);
            try
            {
                producer.Produce(
                    partition.Place,
                    new Message<byte[], byte[]>
                    {
                        Key = key,
                        Value = LogFrame.Encode(command),
                        Headers = TraceContext.HeadersOf(command),
                    },
                    waiting.OnReport);
                waiting.HandedOver();
                return true;
            }
            catch (ProduceException<byte[], byte[]> refused)
            {
                // The client library did not take it, so it is not in the log and never will be.
                partition.Window.Resolve(sequence);
                partition.Room.GiveBack(waiting.Caller);
                partition.Waiting.Remove(sequence);
                Spans.Fail(waiting.Sending, refused.Error.Code.ToString());
                return refused.Error.Code == ErrorCode.Local_QueueFull
                    ? false
                    : throw new NotAppendedException(refused.Error.Reason);
            }
        }
    }

    /// <summary>
    /// The producer of a partition's next record: that of the last one, unless Kafka has reported about all there were.
    /// Under the window's lock.
    /// </summary>
    private IProducer<byte[], byte[]> ProducerFor(PartitionAppends partition)
    {
        if (partition.Producer is null || partition.Window.IsResolved)
        {
            // Commits answer a partition in waves, so how many wait in one is no measure.
            partition.Producer = producers.For(partitions.Sum(each => each.Waiting.Count) / partitions.Length);
        }
        return partition.Producer;
    }

    /// <summary>The span of a command's sending; null if its call is not sampled: the usual case.</summary>
    private Activity? StartSpan(LogRecord command, PendingCommand waiting) =>
        waiting.MayBeTraced && Activity.Current is { Recorded: true } call
            ? LogSpans.StartSend(bank.Value.Topic, waiting.Account, command.BodyCase, call.Context)
            : null;

    /// <summary>Kafka reported about a command that was handed over.</summary>
    internal void OnReport(PendingCommand command, DeliveryReport<byte[], byte[]> report)
    {
        var partition = partitions[command.Partition];
        lock (partition.Window)
        {
            partition.Window.Resolve(command.Sequence);
        }
        partition.Room.GiveBack(command.Caller);
        Acknowledged.Free();
        LogSpans.EndSend(command.Sending, report);
        CommandMetrics.Acknowledged(command, report.Error.Code == ErrorCode.NoError);
        if (report.Error.Code == ErrorCode.NoError)
        {
            command.StoredAt(report.Offset.Value);
            if (!command.WaitsForDecision)
            {
                Finish(command.Partition, command.Sequence, new CommandOutcome(AppendResult.Stored, Decision: null));
            }
            return;
        }
        LogNotAcknowledged(command.Partition, command.Sequence, report.Error.Reason);
        Finish(command.Partition, command.Sequence, new CommandOutcome(
            report.Status == PersistenceStatus.NotPersisted ? AppendResult.NotAppended : AppendResult.Unknown,
            Decision: null));
    }

    private void Finish(int partition, long sequence, CommandOutcome outcome)
    {
        if (partitions[partition].Waiting.Remove(sequence) is { } command)
        {
            CommandMetrics.Completed(command, outcome);
            command.Complete(outcome);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning,
        Message = "Partition {Partition}, sequence {Sequence}: Kafka did not acknowledge ({Reason}).")]
    private partial void LogNotAcknowledged(int partition, long sequence, string reason);
}
