using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Reaches the resources of an application that runs.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client whose base address is the endpoint.</summary>
    /// <inheritdoc cref="GetEndpoint"/>
    public static HttpClient CreateHttpClient(
        this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var address = app.GetEndpoint(resourceName, endpointName);
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = address;
        return client;
    }

    /// <exception cref="InvalidOperationException">The application has not started.</exception>
    /// <exception cref="ArgumentException">There is no such resource, or it has no connection string.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default)
        => Find(app, resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new ArgumentException(
                $"Resource '{resourceName}' does not expose a connection string.", nameof(resourceName));

    /// <param name="app">The application.</param>
    /// <param name="resourceName">The resource.</param>
    /// <param name="endpointName">The endpoint named http or https, or the only one, if not given.</param>
    /// <exception cref="InvalidOperationException">The application has not started.</exception>
    /// <exception cref="ArgumentException">There is no such resource or no such endpoint.</exception>
    public static Uri GetEndpoint(
        this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        if (Find(app, resourceName) is not IResourceWithEndpoints resource)
        {
            throw new InvalidOperationException($"Resource '{resourceName}' has no endpoints.");
        }
        var endpoints = resource.GetEndpoints().ToArray();
        var endpoint = endpointName is null
            ? Named(endpoints, "http") ?? Named(endpoints, "https") ?? endpoints.SingleOrDefault()
            : Named(endpoints, endpointName);
        return endpoint is null
            ? throw new ArgumentException(
                $"Endpoint '{endpointName ?? "http"}' for resource '{resourceName}' not found.", nameof(endpointName))
            : new Uri(endpoint.Url);
    }

    private static EndpointReference? Named(EndpointReference[] endpoints, string name)
        => Array.Find(
            endpoints, endpoint => string.Equals(endpoint.EndpointName, name, StringComparison.OrdinalIgnoreCase));

    private static IResource Find(DistributedApplication app, string resourceName)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentException.ThrowIfNullOrEmpty(resourceName);
        if (!app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.IsCancellationRequested)
        {
            throw new InvalidOperationException("The application has not started.");
        }
        return app.Services.GetRequiredService<DistributedApplicationModel>().Resources.FirstOrDefault(
            resource => string.Equals(resource.Name, resourceName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"Resource '{resourceName}' not found.", nameof(resourceName));
    }
}
