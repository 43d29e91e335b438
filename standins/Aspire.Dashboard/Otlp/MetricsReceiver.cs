using Aspire.Dashboard.Metrics;
using Grpc.Core;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes measurements.</summary>
internal sealed class MetricsReceiver(PlotStore plots) : MetricsService.MetricsServiceBase
{
    private static readonly ExportMetricsServiceResponse s_taken = new();

    public override Task<ExportMetricsServiceResponse> Export(
        ExportMetricsServiceRequest request, ServerCallContext context)
    {
        foreach (var resource in request.ResourceMetrics)
        {
            var attributes = resource.Resource?.Attributes;
            var service = Attributes.Text(attributes, "service.name");
            var instance = Attributes.Text(attributes, "service.instance.id");
            plots.Take($"{service}/{instance}", [.. resource.Scopes.SelectMany(scope => scope.Metrics)]);
        }
        return Task.FromResult(s_taken);
    }
}
