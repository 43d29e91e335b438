using System.Diagnostics;
using BankAccounts.Log.V1;
using Confluent.Kafka;
using Google.Protobuf;

namespace BankAccounts.CommandService.Log;

/// <summary>
/// The trace that a command belongs to, as W3C Trace Context writes it. It travels in the record, which
/// every broker keeps, and in a header, for tools that do not know the frame.
/// </summary>
public static class TraceContext
{
    /// <summary>The name of the header.</summary>
    public const string Header = "traceparent";

    /// <summary>The context of the span that runs now; empty where nothing is traced.</summary>
    public static ByteString Current() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { Length: <= Bounds.MaxReplyToSize } id }
            ? ByteString.CopyFromUtf8(id)
            : ByteString.Empty;

    /// <summary>
    /// The Kafka headers of a record, null if it has none. The client library leaves headers out towards
    /// brokers that do not know them.
    /// </summary>
    public static Headers? HeadersOf(LogRecord record) =>
        record.Traceparent.IsEmpty
            ? null
            : new Headers { { Header, record.Traceparent.ToByteArray() } };
}
