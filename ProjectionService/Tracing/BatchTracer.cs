using System.Diagnostics;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Tracing;

namespace BankAccounts.ProjectionService.Tracing;

/// <summary>
/// Begins the traces of one partition's batches. Only commands that are sampled have spans: of a batch
/// without any, nothing is made, and each record costs a look at one byte.
/// </summary>
public sealed class BatchTracer(string topic, string consumerGroup, int partition)
{
    /// <summary>The most commands of one batch that have spans.</summary>
    public const int MaxTraced = 32;

    /// <summary>
    /// Older commands have none: they are folded again because Redis lost something, and had theirs then.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private DateTimeOffset pollStart;

    /// <summary>The next batch is waited for from now on.</summary>
    public void PollStarts() => pollStart = DateTimeOffset.UtcNow;

    /// <summary>A batch was taken, and is folded now. Null if none of its commands is sampled.</summary>
    public BatchTrace? Begin(IReadOnlyCollection<LedgerRecord> records)
    {
        var oldestMs = (DateTimeOffset.UtcNow - MaxAge).ToUnixTimeMilliseconds();
        List<(LedgerRecord Record, ActivityContext Sending)>? sampled = null;
        foreach (var record in records)
        {
            if (record.Readable is { } readable && readable.RecordedAtMs >= oldestMs
                && TraceContext.TryRead(readable.Traceparent, out var sending))
            {
                sampled ??= [];
                sampled.Add((record, sending));
                if (sampled.Count == MaxTraced)
                {
                    break;
                }
            }
        }
        return sampled is null ? null : Begin(records.Count, sampled);
    }

    private BatchTrace Begin(int batchSize, List<(LedgerRecord Record, ActivityContext Sending)> sampled)
    {
        var links = sampled.Select(one => new ActivityLink(one.Sending)).ToArray();
        var trace = new BatchTrace();
        foreach (var (record, sending) in sampled)
        {
            var poll = Spans.Start(
                $"poll {topic}", ActivityKind.Client, sending, links, Later(pollStart, record.Readable!.RecordedAtMs));
            Describe(poll, "poll", "receive", batchSize);
            Spans.End(poll);

            var process = Spans.Start($"process {topic}", ActivityKind.Consumer, sending, links);
            Describe(process, "process", "process", batchSize);
            LogSpans.DescribeRecord(process, KeyOf(record), record.Readable!.BodyCase);
            process?.SetTag("messaging.kafka.offset", record.Entry.Offset);
            if (process is not null)
            {
                trace.Add(record, process);
            }
        }
        return trace;
    }

    /// <summary>The account that a record is for; null if it is for none, or could be for anything.</summary>
    private static string? KeyOf(LedgerRecord record) =>
        record.IsCommand && !record.IsChannelRelease ? record.Account.ToString() : null;

    private void Describe(Activity? span, string operation, string type, int batchSize)
    {
        LogSpans.Describe(span, operation, type, topic, partition);
        span?.SetTag("messaging.consumer.group.name", consumerGroup)
            .SetTag("messaging.batch.message_count", batchSize);
    }

    /// <summary>A poll that waited long before the command was there is shown from the command's time on.</summary>
    private static DateTimeOffset Later(DateTimeOffset pollStart, long recordedAtMs)
    {
        var (recordedAt, now) = (DateTimeOffset.FromUnixTimeMilliseconds(recordedAtMs), DateTimeOffset.UtcNow);
        return recordedAt < pollStart ? pollStart : recordedAt < now ? recordedAt : now;
    }
}
