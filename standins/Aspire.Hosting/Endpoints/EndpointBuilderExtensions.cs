using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Changes an endpoint, or makes it.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        [EndpointName] string endpointName,
        Action<EndpointAnnotation> callback,
        bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(endpointName);
        ArgumentNullException.ThrowIfNull(callback);
        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>()
            .SingleOrDefault(known => IsNamed(known, endpointName));
        if (endpoint is not null)
        {
            callback(endpoint);
        }
        else if (createIfNotExists)
        {
            endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: endpointName);
            callback(endpoint);
            builder.Resource.Annotations.Add(endpoint);
        }
        return builder;
    }

    /// <summary>Adds an endpoint.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="port">The port that callers use; chosen at the start if not given.</param>
    /// <param name="targetPort">The port that the process listens on; chosen if not given.</param>
    /// <param name="scheme">The scheme of the URL, "tcp" if not given.</param>
    /// <param name="name">The scheme if not given.</param>
    /// <param name="env">A variable in which the process finds its target port.</param>
    /// <param name="isProxied">Whether a proxy stands between callers and processes.</param>
    /// <param name="isExternal">Whether callers from outside are meant to use it.</param>
    /// <param name="protocol">TCP if not given.</param>
    /// <exception cref="DistributedApplicationException">There is an endpoint of this name.</exception>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? scheme = null,
        [EndpointName] string? name = null,
        string? env = null,
        bool isProxied = true,
        bool? isExternal = null,
        ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        var endpoint = new EndpointAnnotation(
            protocol ?? ProtocolType.Tcp, scheme, transport: null, name, port, targetPort, isExternal, isProxied);
        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(known => IsNamed(known, endpoint.Name)))
        {
            throw new DistributedApplicationException(
                $"Endpoint with name '{endpoint.Name}' already exists. The name is the scheme unless it is given; each endpoint of a resource must have its own.");
        }
        if (env is not null && builder.Resource is IResourceWithEnvironment)
        {
            var reference = new EndpointReference(builder.Resource, endpoint);
            builder.WithAnnotation(new EnvironmentCallbackAnnotation(context =>
            {
                context.EnvironmentVariables[env] = reference.Property(EndpointProperty.TargetPort);
            }));
        }
        return builder.WithAnnotation(endpoint);
    }

    /// <inheritdoc cref="WithEndpoint{T}(IResourceBuilder{T}, int?, int?, string?, string?, string?, bool, bool?, ProtocolType?)"/>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port,
        int? targetPort,
        string? scheme,
        [EndpointName] string? name,
        string? env,
        bool isProxied,
        bool? isExternal)
        where T : IResourceWithEndpoints
        => builder.WithEndpoint(port, targetPort, scheme, name, env, isProxied, isExternal, protocol: null);

    /// <inheritdoc cref="WithEndpoint{T}(IResourceBuilder{T}, int?, int?, string?, string?, string?, bool, bool?, ProtocolType?)"/>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        [EndpointName] string? name = null,
        string? env = null,
        bool isProxied = true)
        where T : IResourceWithEndpoints
        => builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <inheritdoc cref="WithEndpoint{T}(IResourceBuilder{T}, int?, int?, string?, string?, string?, bool, bool?, ProtocolType?)"/>
    public static IResourceBuilder<T> WithHttpsEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        [EndpointName] string? name = null,
        string? env = null,
        bool isProxied = true)
        where T : IResourceWithEndpoints
        => builder.WithEndpoint(port, targetPort, "https", name, env, isProxied);

    /// <summary>Marks the http and https endpoints as meant for callers from outside.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            endpoint.IsExternal |= endpoint.UriScheme is "http" or "https";
        }
        return builder;
    }

    /// <summary>Says that the http and https endpoints speak HTTP/2.</summary>
    public static IResourceBuilder<T> AsHttp2Service<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.UriScheme is "http" or "https"))
        {
            endpoint.Transport = "http2";
        }
        return builder;
    }

    public static EndpointReference GetEndpoint<T>(
        this IResourceBuilder<T> builder, [EndpointName] string name)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Resource.GetEndpoint(name);
    }

    private static bool IsNamed(EndpointAnnotation endpoint, string name)
        => string.Equals(endpoint.Name, name, StringComparison.OrdinalIgnoreCase);

    private static Func<EndpointReference> HttpEndpointSelector<T>(
        IResourceBuilder<T> builder, string? endpointName, string purpose)
        where T : IResourceWithEndpoints
        => () =>
        {
            string[] names = endpointName is null ? ["http", "https"] : [endpointName];
            var endpoints = builder.Resource.Annotations.OfType<EndpointAnnotation>();
            var found = names.Select(name => endpoints.FirstOrDefault(endpoint => IsNamed(endpoint, name)))
                .FirstOrDefault(endpoint => endpoint is not null)
                ?? throw new DistributedApplicationException(
                    $"Could not create {purpose} for resource '{builder.Resource.Name}' as no endpoint was found matching one of the specified names: {string.Join(", ", names)}");
            return new EndpointReference(builder.Resource, found);
        };

    private static EndpointReference HttpEndpoint<T>(
        IResourceBuilder<T> builder, Func<EndpointReference> selector, string purpose)
        where T : IResourceWithEndpoints
    {
        var endpoint = selector() ?? throw new DistributedApplicationException(
            $"Could not create {purpose} for resource '{builder.Resource.Name}' as the endpoint selector returned null.");
        return endpoint.Scheme is "http" or "https"
            ? endpoint
            : throw new DistributedApplicationException(
                $"Could not create {purpose} for resource '{builder.Resource.Name}' as the endpoint with name '{endpoint.EndpointName}' and scheme '{endpoint.Scheme}' is not an HTTP endpoint.");
    }
}
