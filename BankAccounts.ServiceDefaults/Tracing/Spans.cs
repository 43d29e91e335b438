using System.Diagnostics;

namespace BankAccounts.ServiceDefaults.Tracing;

/// <summary>
/// Spans that begin on one thread and end on another. None of them is ever the current one, so they leave
/// no trace on what else the two threads do.
/// </summary>
public static class Spans
{
    /// <summary>Begins a span; null if nobody wants to know.</summary>
    public static Activity? Start(
        string name,
        ActivityKind kind,
        ActivityContext parent,
        IEnumerable<ActivityLink>? links = null,
        DateTimeOffset startTime = default)
    {
        var current = Activity.Current;
        var span = Telemetry.Source.StartActivity(name, kind, parent, tags: null, links, startTime);
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span that went well.</summary>
    public static void End(Activity? span)
    {
        if (span is not null)
        {
            var current = Activity.Current;
            span.Stop();
            Activity.Current = current;
        }
    }

    /// <summary>Ends a span that did not.</summary>
    /// <param name="span">The span.</param>
    /// <param name="errorType">What was wrong: a name of a bounded set, without any data.</param>
    public static void Fail(Activity? span, string errorType)
    {
        span?.SetStatus(ActivityStatusCode.Error);
        span?.SetTag("error.type", errorType);
        End(span);
    }
}
