using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>
    /// Gives the resource a connection string, as <c>ConnectionStrings__{name}</c>, and its parts, as
    /// <c>{NAME}_HOST</c> and so on.
    /// </summary>
    /// <param name="builder">The resource that gets it.</param>
    /// <param name="source">The resource that has it.</param>
    /// <param name="connectionName">The source's name if not given.</param>
    /// <param name="optional">Whether the process may start without it.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.WithReferenceRelationship(resource).WithEnvironment(context =>
        {
            var variable = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}";
            context.EnvironmentVariables[variable] = new ConnectionStringReference(resource, optional);
            var prefix = name.Length == 0 ? "" : $"{VariableName(name).ToUpperInvariant()}_";
            foreach (var (key, value) in resource.GetConnectionProperties())
            {
                context.EnvironmentVariables[$"{prefix}{key.ToUpperInvariant()}"] = value;
            }
        });
    }

    /// <summary>Lets the resource find the other one's endpoints by name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        return builder.WithEndpointsOf(source.Resource, endpointName: null);
    }

    /// <summary>Lets the resource find one endpoint of the other one by name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(endpointReference);
        return builder.WithEndpointsOf(endpointReference.Resource, endpointReference.EndpointName);
    }

    /// <summary>Lets the resource find an address that is not part of the application.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.IsAbsoluteUri)
        {
            throw new InvalidOperationException("The uri for service reference must be absolute.");
        }
        if (!uri.AbsolutePath.EndsWith('/') || uri.Fragment.Length > 0 || uri.Query.Length > 0)
        {
            throw new InvalidOperationException("The uri must end with '/' and have no query and no fragment.");
        }
        return builder
            .WithEnvironment($"services__{name}__default__0", uri.ToString())
            .WithEnvironment(VariableName(name), uri.ToString());
    }

    public static IResourceBuilder<T> WithRelationship<T>(
        this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, type));
    }

    public static IResourceBuilder<T> WithReferenceRelationship<T>(
        this IResourceBuilder<T> builder, IResource resource)
        where T : IResource
        => builder.WithRelationship(resource, KnownRelationshipTypes.Reference);

    public static IResourceBuilder<T> WithReferenceRelationship<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> resourceBuilder)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resourceBuilder);
        return builder.WithReferenceRelationship(resourceBuilder.Resource);
    }

    public static IResourceBuilder<T> WithReferenceRelationship<T>(
        this IResourceBuilder<T> builder, ReferenceExpression expression)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(expression);
        foreach (var resource in ResourcesIn(expression).Distinct())
        {
            builder.WithReferenceRelationship(resource);
        }
        return builder;
    }

    public static IResourceBuilder<T> WithParentRelationship<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(parent);
        return builder.WithParentRelationship(parent.Resource);
    }

    public static IResourceBuilder<T> WithParentRelationship<T>(
        this IResourceBuilder<T> builder, IResource parent)
        where T : IResource
        => builder.WithRelationship(parent, KnownRelationshipTypes.Parent);

    private static IEnumerable<IResource> ResourcesIn(IValueWithReferences value)
        => value.References.SelectMany(inner => inner switch
        {
            IResource resource => [resource],
            IValueWithReferences other => ResourcesIn(other),
            _ => [],
        });

    private static IResourceBuilder<T> WithEndpointsOf<T>(
        this IResourceBuilder<T> builder, IResourceWithEndpoints source, string? endpointName)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithReferenceRelationship(source).WithEnvironment(context =>
        {
            foreach (var endpoint in source.GetEndpoints())
            {
                if (endpointName is not null
                    && !string.Equals(endpoint.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }
                // A program asks for http://name; only endpoints of other names are asked for by
                // their name.
                var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
                context.EnvironmentVariables[$"services__{source.Name}__{key}__0"] = endpoint;
                var variable = $"{VariableName(source.Name)}_{VariableName(endpoint.EndpointName)}";
                context.EnvironmentVariables[variable.ToUpperInvariant()] = endpoint;
            }
        });
    }

    /// <summary>
    /// The name with an underscore for each character that cannot stand in a variable's name.
    /// </summary>
    private static string VariableName(string name)
    {
        var encoded = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return encoded.Length > 0 && char.IsAsciiDigit(encoded[0]) ? $"_{encoded}" : encoded;
    }
}
