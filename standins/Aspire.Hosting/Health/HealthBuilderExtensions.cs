using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>
    /// The resource is healthy if a check registered with <c>Services.AddHealthChecks()</c> is.
    /// </summary>
    /// <exception cref="DistributedApplicationException">The resource has this check.</exception>
    public static IResourceBuilder<T> WithHealthCheck<T>(
        this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(key);
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(check => check.Key == key))
        {
            throw new DistributedApplicationException(
                $"Resource '{builder.Resource.Name}' already has a health check with key '{key}'.");
        }
        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <summary>A replica is healthy if a GET to it is answered with the status code.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">"/" if not given.</param>
    /// <param name="statusCode">200 if not given.</param>
    /// <param name="endpointName">The endpoint named http or https if not given.</param>
    /// <exception cref="DistributedApplicationException">There is no such endpoint, or it is not HTTP.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder,
        string? path = null,
        int? statusCode = null,
        [EndpointName] string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHttpHealthCheck(
            HttpEndpointSelector(builder, endpointName, "HTTP health check"), path, statusCode);
    }

    /// <inheritdoc cref="WithHttpHealthCheck{T}(IResourceBuilder{T}, string?, int?, string?)"/>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder,
        Func<EndpointReference>? endpointSelector,
        string? path = null,
        int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        const string purpose = "HTTP health check";
        var endpoint = HttpEndpoint(
            builder, endpointSelector ?? HttpEndpointSelector(builder, null, purpose), purpose);
        var check = new HttpHealthCheck(endpoint, path ?? "/", statusCode ?? 200);
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{path ?? "/"}_{statusCode ?? 200}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().AddCheck(key, check);
        return builder.WithHealthCheck(key);
    }
}
