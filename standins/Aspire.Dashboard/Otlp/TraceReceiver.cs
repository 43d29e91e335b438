using Aspire.Dashboard.Traces;
using Grpc.Core;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes spans.</summary>
internal sealed class TraceReceiver(TraceStore traces) : TraceService.TraceServiceBase
{
    private static readonly ExportTraceServiceResponse s_taken = new();

    public override Task<ExportTraceServiceResponse> Export(
        ExportTraceServiceRequest request, ServerCallContext context)
    {
        foreach (var resource in request.ResourceSpans)
        {
            var service = Attributes.Text(resource.Resource?.Attributes, "service.name") ?? "unknown";
            var instance = Attributes.Text(resource.Resource?.Attributes, "service.instance.id");
            traces.Add(resource.Scopes.SelectMany(scope => scope.Spans)
                .Where(span => span.TraceId.Length == 16 && span.SpanId.Length == 8)
                .Select(span => StoredSpan.Of(service, instance, span)));
        }
        return Task.FromResult(s_taken);
    }
}
