using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Grpc.AspNetCore.HealthChecks.Internal;

/// <summary>
/// The health of a service out of the results of the checks that it is made up of.
/// </summary>
internal static class ServiceHealth
{
    public static bool Takes(this ServiceMapping mapping, string check, IEnumerable<string> tags) =>
        mapping.HealthCheckPredicate?.Invoke(new HealthCheckMapContext(check, tags)) ?? true;

    /// <summary>One unhealthy check is enough; a degraded one serves; none is unknown.</summary>
    public static ServingStatus Of(IEnumerable<HealthReportEntry> results) => results
        .Select(result => result.Status == HealthStatus.Unhealthy
            ? ServingStatus.NotServing
            : ServingStatus.Serving)
        .DefaultIfEmpty(ServingStatus.Unknown)
        .Max();
}
