using System.Diagnostics;
using System.Globalization;
using BankAccounts.Log.V1;
using Confluent.Kafka;

namespace BankAccounts.ServiceDefaults.Tracing;

/// <summary>
/// Spans of what is done with the log, with the names and attributes of OpenTelemetry's conventions for
/// messaging and Kafka. An account's number is the key of a message; names, texts and amounts never are here.
/// </summary>
public static class LogSpans
{
    /// <summary>A record is handed to Kafka. To be ended when Kafka reports about it.</summary>
    public static Activity? StartSend(
        string topic, AccountId account, LogRecord.BodyOneofCase kind, ActivityContext parent)
    {
        var span = Spans.Start($"send {topic}", ActivityKind.Producer, parent);
        Describe(span, "send", "send", topic, account.Partition);
        DescribeRecord(span, account.ToString(), kind);
        return span;
    }

    /// <summary>Kafka reported about a record.</summary>
    public static void EndSend(Activity? span, DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.Code != ErrorCode.NoError)
        {
            Spans.Fail(span, report.Error.Code.ToString());
            return;
        }
        span?.SetTag("messaging.kafka.offset", report.Offset.Value);
        Spans.End(span);
    }

    /// <summary>What every span of the log says.</summary>
    public static void Describe(Activity? span, string operation, string type, string topic, int partition) => span
        ?.SetTag("messaging.system", "kafka")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", type)
        .SetTag("messaging.destination.name", topic)
        .SetTag("messaging.destination.partition.id", partition.ToString(CultureInfo.InvariantCulture));

    /// <summary>What a span of one record says.</summary>
    public static void DescribeRecord(Activity? span, string? key, LogRecord.BodyOneofCase kind) => span
        ?.SetTag("messaging.kafka.message.key", key)
        .SetTag("bank.command", CommandNames.Of(kind));
}
