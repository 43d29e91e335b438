namespace Aspire.Dashboard.Traces;

/// <summary>A trace in the list.</summary>
internal sealed record TraceSummary(
    string TraceId,
    string Name,
    DateTime Start,
    double DurationMs,
    int Spans,
    bool HasError,
    IReadOnlyList<ServiceCount> Services)
{
    private const double NanosPerMs = 1_000_000;

    internal static TraceSummary Of(string traceId, IReadOnlyCollection<StoredSpan> spans)
    {
        var ids = spans.Select(span => span.SpanId).ToHashSet();
        // What began it may still be on its way, or may never come: the earliest one then names it.
        var root = spans.OrderBy(span => ids.Contains(span.ParentId)).ThenBy(span => span.StartNanos).First();
        var start = spans.Min(span => span.StartNanos);
        return new TraceSummary(
            traceId,
            root.Name,
            TimeOf(start),
            Milliseconds(start, spans.Max(span => span.EndNanos)),
            spans.Count,
            spans.Any(span => span.Error is not null),
            [.. spans.GroupBy(span => span.Service).OrderBy(service => service.Key, StringComparer.Ordinal)
                .Select(service => new ServiceCount(service.Key, service.Count()))]);
    }

    internal static DateTime TimeOf(ulong nanos) => DateTime.UnixEpoch.AddTicks((long)(nanos / 100));

    internal static double Milliseconds(ulong from, ulong to) => (to - from) / NanosPerMs;
}

/// <summary>How many spans of a trace are a service's.</summary>
internal sealed record ServiceCount(string Name, int Spans);
