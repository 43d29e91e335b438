using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>How .NET's health checks become the health of gRPC services.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>Which checks make up which service; at first "" is made up of all.</summary>
    public ServiceMappingCollection Services { get; } = [];

    /// <summary>
    /// Whether answers are what an <see cref="IHealthCheckPublisher"/> was last told, instead of
    /// the checks being run for every Check and for the first answer to a Watch.
    /// </summary>
    public bool UseHealthChecksCache { get; set; }

    /// <summary>
    /// Whether a Watch keeps the server from stopping, instead of ending NOT_SERVING.
    /// </summary>
    public bool SuppressCompletionOnShutdown { get; set; }
}
