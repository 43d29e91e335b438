namespace Aspire.Dashboard.Traces;

/// <summary>
/// The latest spans, by trace. When there are too many the traces go that began to arrive first, each as a whole.
/// </summary>
/// <param name="labels">Attributes whose values stand beside the names of spans.</param>
internal sealed class TraceStore(IReadOnlyList<string> labels)
{
    internal const int MaxSpans = 20_000;
    internal const int MaxSpansPerTrace = 1_000;
    internal const int MaxListed = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, StoredSpan>> _traces = [];
    private readonly Queue<string> _order = [];
    private int _spans;

    internal void Add(IEnumerable<StoredSpan> spans)
    {
        lock (_lock)
        {
            foreach (var span in spans)
            {
                Add(span);
            }
            while (_spans > MaxSpans)
            {
                _traces.Remove(_order.Dequeue(), out var oldest);
                _spans -= oldest!.Count;
            }
        }
    }

    /// <summary>The newest traces that something is to be seen of.</summary>
    /// <param name="service">One of the services involved; null: any.</param>
    /// <param name="text">Part of a name or of an attribute's value, or the whole id; null: any.</param>
    internal IReadOnlyList<TraceSummary> List(string? service, string? text)
    {
        lock (_lock)
        {
            return
            [
                .. _traces.Where(trace =>
                        (service is null || trace.Value.Values.Any(span => span.Service == service))
                        && (text is null || trace.Key == text || trace.Value.Values.Any(span => span.Contains(text))))
                    .Select(trace => TraceSummary.Of(trace.Key, trace.Value.Values))
                    .OrderByDescending(trace => trace.Start)
                    .Take(MaxListed),
            ];
        }
    }

    /// <summary>The services that spans are kept of.</summary>
    internal IReadOnlyList<string> Services()
    {
        lock (_lock)
        {
            return [.. _traces.Values.SelectMany(trace => trace.Values).Select(span => span.Service)
                .Distinct().Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Null if it is not kept, or not any more.</summary>
    internal Waterfall? Find(string traceId)
    {
        lock (_lock)
        {
            return _traces.TryGetValue(traceId, out var trace) ? Waterfall.Of(traceId, trace, labels) : null;
        }
    }

    private void Add(StoredSpan span)
    {
        if (!_traces.TryGetValue(span.TraceId, out var trace))
        {
            _traces.Add(span.TraceId, trace = []);
            _order.Enqueue(span.TraceId);
        }
        // An export whose answer was lost comes again.
        if (trace.Count < MaxSpansPerTrace && trace.TryAdd(span.SpanId, span))
        {
            _spans++;
        }
    }
}
