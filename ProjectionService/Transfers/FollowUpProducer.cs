using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Kafka;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.ServiceDefaults.Tracing;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService.Transfers;

/// <summary>
/// Appends the records that carry transfers on. It never waits: what cannot be sent now, or is lost, is
/// sent again by whoever owns the transfer's source.
/// </summary>
public sealed partial class FollowUpProducer(
    LogProducers producers,
    SharedClock clock,
    IOptions<BankOptions> bank,
    ILogger<FollowUpProducer> logger)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<int, FollowUpLane> lanes = new();
    private readonly FailureTally failures = new(LineInterval, TimeProvider.System);

    private readonly ByteString producerId =
        ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Bounds.ProducerIdSize));

    private long sequence;

    /// <summary>Hands a record over to the client library; false if that cannot be done now.</summary>
    /// <param name="record">The record.</param>
    /// <param name="waiting">Among how many that wait to be carried on: many of them share requests.</param>
    public bool TrySend(LogRecord record, int waiting)
    {
        if (clock.NowMs is not { } nowMs
            || !AccountId.TryRead(PossibleRecord.AccountOf(record).Span, out var account))
        {
            return false;
        }
        var key = new byte[AccountId.TextLength];
        account.WriteText(key);
        var sending = StartSpan(record, account);
        var lane = lanes.GetOrAdd(account.Partition, _ => new FollowUpLane(producers));
        try
        {
            lane.Enter(waiting).Produce(
                new TopicPartition(bank.Value.Topic, account.Partition),
                new Message<byte[], byte[]>
                {
                    Key = key,
                    Value = Frame(record, nowMs),
                    Headers = TraceContext.HeadersOf(record),
                },
                OnReportOf(sending, lane));
            return true;
        }
        catch (ProduceException<byte[], byte[]> refused)
        {
            lane.Leave();
            Spans.Fail(sending, refused.Error.Code.ToString());
            Failed(refused.Error);
            return false;
        }
    }

    /// <summary>Appends an operator's record, which is for no account and has no key. Returns its offset.</summary>
    /// <exception cref="KafkaException">Kafka did not acknowledge it: it may be there all the same.</exception>
    /// <exception cref="TimeoutException">The time is not known yet; nothing was appended.</exception>
    public async Task<long> AppendAsync(LogRecord record, int partition, CancellationToken cancellation)
    {
        var nowMs = clock.NowMs
            ?? throw new TimeoutException("Redis has not said yet what time it is.");
        var delivered = await producers.Prompt.ProduceAsync(
            new TopicPartition(bank.Value.Topic, partition),
            new Message<byte[], byte[]> { Key = null!, Value = Frame(record, nowMs) },
            cancellation).WaitAsync(cancellation);
        return delivered.Offset.Value;
    }

    /// <summary>In the trace of the command that it carries on, if that is sampled; null otherwise.</summary>
    private Activity? StartSpan(LogRecord record, AccountId account)
    {
        if (!TraceContext.TryRead(record.Traceparent, out var command)
            || LogSpans.StartSend(bank.Value.Topic, account, record.BodyCase, command) is not { } sending)
        {
            return null;
        }
        record.Traceparent = TraceContext.Of(sending);
        return sending;
    }

    private Action<DeliveryReport<byte[], byte[]>> OnReportOf(Activity? sending, FollowUpLane lane) => report =>
    {
        lane.Leave();
        LogSpans.EndSend(sending, report);
        if (report.Error.Code != ErrorCode.NoError)
        {
            Failed(report.Error);
        }
    };

    private void Failed(Error error)
    {
        if (failures.Add() is > 0 and var count)
        {
            LogFailed(count, error.Reason);
        }
    }

    private byte[] Frame(LogRecord record, long nowMs)
    {
        record.RecordedAtMs = nowMs;
        record.ProducerId = producerId;
        record.ProducerSequence = Interlocked.Increment(ref sequence);
        return LogFrame.Encode(record);
    }

    [LoggerMessage(EventId = 2501, Level = LogLevel.Warning,
        Message = "Kafka did not take {Count} of the records that carry transfers on ({Reason}); they are sent again.")]
    private partial void LogFailed(int count, string reason);
}
