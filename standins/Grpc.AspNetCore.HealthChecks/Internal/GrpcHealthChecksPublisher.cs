using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.HealthChecks.Internal;

/// <summary>Takes each report of .NET's health checks over into the gRPC health service.</summary>
internal sealed class GrpcHealthChecksPublisher(
    HealthServiceImpl service, IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var mapping in options.Value.Services)
        {
            var results = report.Entries
                .Where(entry => mapping.Takes(entry.Key, entry.Value.Tags))
                .Select(entry => entry.Value);
            service.SetStatus(mapping.Name, ServiceHealth.Of(results));
        }

        return Task.CompletedTask;
    }
}
