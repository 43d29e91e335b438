using Aspire.Dashboard.Otlp;
using Google.Protobuf;

namespace Aspire.Dashboard.Traces;

/// <summary>A span as it is kept: ids in hexadecimal digits, texts cut to what is shown.</summary>
internal sealed record StoredSpan(
    string TraceId,
    string SpanId,
    string ParentId,
    string Service,
    string? Instance,
    string Name,
    string Kind,
    ulong StartNanos,
    ulong EndNanos,
    string? Error,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    IReadOnlyList<SpanLink> Links)
{
    internal const int MaxAttributes = 64;
    internal const int MaxLinks = 64;
    internal const int MaxTextLength = 1_000;

    private const int ErrorStatus = 2;

    internal static StoredSpan Of(string service, string? instance, Span span) => new(
        Hex(span.TraceId),
        Hex(span.SpanId),
        Hex(span.ParentSpanId),
        Cut(service),
        instance is null ? null : Cut(instance),
        Cut(span.Name),
        span.Kind.ToString(),
        span.StartTimeUnixNano,
        Math.Max(span.StartTimeUnixNano, span.EndTimeUnixNano),
        span.Status is { Code: ErrorStatus } status ? Cut(status.Message) : null,
        [.. span.Attributes.Take(MaxAttributes).Where(attribute => attribute.Value is not null).Select(attribute =>
            KeyValuePair.Create(Cut(attribute.Key), Cut(Otlp.Attributes.Text(attribute.Value))))],
        [.. span.Links.Take(MaxLinks).Select(link => new SpanLink(Hex(link.TraceId), Hex(link.SpanId)))]);

    internal bool Contains(string text)
        => Name.Contains(text, StringComparison.OrdinalIgnoreCase)
            || Service.Contains(text, StringComparison.OrdinalIgnoreCase)
            || Attributes.Any(attribute => attribute.Value.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    private static string Cut(string text)
        => text.Length <= MaxTextLength ? text : string.Concat(text.AsSpan(0, MaxTextLength), "…");
}

/// <summary>Another span that one has to do with, of its trace or of another one.</summary>
internal sealed record SpanLink(string TraceId, string SpanId);
