namespace Aspire.Dashboard.Traces;

/// <summary>A trace as it is drawn: each span below the one that caused it, in the order of their beginnings.</summary>
internal sealed record Waterfall(
    string TraceId, string Name, DateTime Start, double DurationMs, IReadOnlyList<WaterfallRow> Rows)
{
    /// <param name="traceId">Its id.</param>
    /// <param name="spans">Its spans, by id; at least one.</param>
    /// <param name="labels">Attributes whose values stand beside the names.</param>
    internal static Waterfall Of(
        string traceId, IReadOnlyDictionary<string, StoredSpan> spans, IReadOnlyList<string> labels)
    {
        var summary = TraceSummary.Of(traceId, [.. spans.Values]);
        var start = spans.Values.Min(span => span.StartNanos);
        var children = spans.Values.ToLookup(span => spans.ContainsKey(span.ParentId) ? span.ParentId : string.Empty);
        var rows = new List<WaterfallRow>(spans.Count);
        var open = new Stack<(StoredSpan Span, int Depth)>();
        Open(string.Empty, 0);
        while (open.TryPop(out var next))
        {
            rows.Add(WaterfallRow.Of(next.Span, next.Depth, start, labels));
            Open(next.Span.SpanId, next.Depth + 1);
        }
        return new Waterfall(traceId, summary.Name, summary.Start, summary.DurationMs, rows);

        // The first is to be popped first.
        void Open(string parent, int depth)
        {
            foreach (var span in children[parent].OrderByDescending(span => span.StartNanos)
                .ThenByDescending(span => span.Name, StringComparer.Ordinal))
            {
                open.Push((span, depth));
            }
        }
    }
}

/// <summary>One span of it; times are milliseconds from the beginning of the trace.</summary>
internal sealed record WaterfallRow(
    string SpanId,
    int Depth,
    string Service,
    string? Instance,
    string Name,
    string Kind,
    double OffsetMs,
    double DurationMs,
    string? Error,
    IReadOnlyList<string> Labels,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    IReadOnlyList<SpanLink> Links)
{
    internal static WaterfallRow Of(StoredSpan span, int depth, ulong start, IReadOnlyList<string> labels) => new(
        span.SpanId,
        depth,
        span.Service,
        span.Instance,
        span.Name,
        span.Kind,
        TraceSummary.Milliseconds(start, span.StartNanos),
        TraceSummary.Milliseconds(span.StartNanos, span.EndNanos),
        span.Error,
        [.. labels.SelectMany(label => span.Attributes.Where(attribute => attribute.Key == label).Take(1))
            .Select(attribute => attribute.Value)],
        span.Attributes,
        span.Links);
}
