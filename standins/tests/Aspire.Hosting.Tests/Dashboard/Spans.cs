using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Traces;
using Google.Protobuf;

namespace Aspire.Hosting.Tests.Dashboard;

/// <summary>Makes spans: ids are numbers, times are milliseconds after the beginning of 2026.</summary>
internal static class Spans
{
    private const ulong Begin = 1_767_225_600_000_000_000;
    private const ulong NanosPerMs = 1_000_000;

    internal static Span New(int trace, int id, int parent, string name, int from = 0, int to = 1)
        => new()
        {
            TraceId = Id(trace, 16),
            SpanId = Id(id, 8),
            ParentSpanId = parent == 0 ? ByteString.Empty : Id(parent, 8),
            Name = name,
            Kind = SpanKind.Internal,
            StartTimeUnixNano = Begin + ((ulong)from * NanosPerMs),
            EndTimeUnixNano = Begin + ((ulong)to * NanosPerMs),
        };

    internal static Span With(this Span span, string attribute, string value)
    {
        span.Attributes.Add(new KeyValue { Key = attribute, Value = new AnyValue { StringValue = value } });
        return span;
    }

    internal static Span LinkedTo(this Span span, int trace, int id)
    {
        span.Links.Add(new Link { TraceId = Id(trace, 16), SpanId = Id(id, 8) });
        return span;
    }

    internal static StoredSpan Stored(this Span span, string service = "shop") => StoredSpan.Of(service, "one", span);

    internal static string TraceId(int trace) => Convert.ToHexStringLower(Id(trace, 16).Span);

    internal static string SpanId(int id) => Convert.ToHexStringLower(Id(id, 8).Span);

    private static ByteString Id(int number, int length)
    {
        var bytes = new byte[length];
        BitConverter.TryWriteBytes(bytes, number);
        return ByteString.CopyFrom(bytes);
    }
}
