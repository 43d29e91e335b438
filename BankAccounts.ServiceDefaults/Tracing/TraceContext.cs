using System.Diagnostics;
using System.Text;
using BankAccounts.Log.V1;
using Confluent.Kafka;
using Google.Protobuf;

namespace BankAccounts.ServiceDefaults.Tracing;

/// <summary>
/// The trace that a record belongs to, as W3C Trace Context writes it. It travels in the record, which
/// every broker keeps, and in a header, for tools that do not know the frame.
/// </summary>
public static class TraceContext
{
    /// <summary>The name of the header.</summary>
    public const string Header = "traceparent";

    /// <summary>Version (2 digits), trace id (32), span id (16), flags (2), and the hyphens between them.</summary>
    private const int Length = 55;

    private static ReadOnlySpan<byte> Version => "00-"u8;

    /// <summary>The context of a span; empty if it is not recorded, as nobody would look for it.</summary>
    public static ByteString Of(Activity? span) =>
        span is { Recorded: true, IdFormat: ActivityIdFormat.W3C, Id: { } id }
            ? ByteString.CopyFromUtf8(id)
            : ByteString.Empty;

    /// <summary>
    /// Whether a record's trace is recorded. It looks at the bytes only: it is asked about every record.
    /// </summary>
    public static bool IsSampled(ByteString traceparent)
    {
        var text = traceparent.Span;
        return text.Length == Length && text.StartsWith(Version) && IsOdd(text[^1]);
    }

    /// <summary>The context that a record carries; false if it is not one, or is not sampled.</summary>
    public static bool TryRead(ByteString traceparent, out ActivityContext context)
    {
        context = default;
        return IsSampled(traceparent)
            && ActivityContext.TryParse(
                Encoding.ASCII.GetString(traceparent.Span), traceState: null, isRemote: true, out context);
    }

    /// <summary>
    /// The Kafka headers of a record, null if it has none. The client library leaves headers out towards
    /// brokers that do not know them.
    /// </summary>
    public static Headers? HeadersOf(LogRecord record) =>
        record.Traceparent.IsEmpty
            ? null
            : new Headers { { Header, record.Traceparent.ToByteArray() } };

    /// <summary>The lowest bit of a hexadecimal digit. "9" is odd as a character and as a digit, "a" is not.</summary>
    private static bool IsOdd(byte digit) => ((digit <= (byte)'9' ? digit : digit + 1) & 1) == 1;
}
