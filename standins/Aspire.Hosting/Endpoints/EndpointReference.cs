using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint of a resource, by name; it need not exist yet.</summary>
[DebuggerDisplay("{Resource.Name} {EndpointName}")]
public sealed class EndpointReference : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    private EndpointAnnotation? _annotation;

    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(endpoint);
        Resource = owner;
        EndpointName = endpoint.Name;
        _annotation = endpoint;
    }

    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(endpointName);
        Resource = owner;
        EndpointName = endpointName;
    }

    public IResourceWithEndpoints Resource { get; }

    public string EndpointName { get; }

    /// <summary>
    /// What to say if the endpoint does not exist, instead of the usual sentence.
    /// </summary>
    public string? ErrorMessage { get; init; }

    /// <exception cref="InvalidOperationException">The resource has no endpoint of this name.</exception>
    public EndpointAnnotation EndpointAnnotation
        => Find() ?? throw new InvalidOperationException(
            ErrorMessage
            ?? $"The endpoint `{EndpointName}` is not defined for the resource `{Resource.Name}`.");

    public bool Exists => Find() is not null;

    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    public bool IsHttp => string.Equals(Scheme, "http", StringComparison.OrdinalIgnoreCase);

    public bool IsHttps => string.Equals(Scheme, "https", StringComparison.OrdinalIgnoreCase);

    public string Scheme => EndpointAnnotation.UriScheme;

    /// <exception cref="InvalidOperationException">The endpoint has no address yet.</exception>
    public string Host => Allocated.Address;

    /// <inheritdoc cref="Host"/>
    public int Port => Allocated.Port;

    /// <summary>
    /// The port of the process if it was given; null if each process gets its own.
    /// </summary>
    public int? TargetPort => EndpointAnnotation.TargetPort;

    /// <inheritdoc cref="Host"/>
    public string Url => Allocated.UriString;

    string IManifestExpressionProvider.ValueExpression => GetExpression(EndpointProperty.Url);

    IEnumerable<object> IValueWithReferences.References => [Resource];

    private AllocatedEndpoint Allocated
        => Find()?.AllocatedEndpoint ?? throw new InvalidOperationException(
            $"The endpoint `{EndpointName}` is not allocated for the resource `{Resource.Name}`.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        => Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    public ValueTask<string?> GetValueAsync(
        ValueProviderContext context, CancellationToken cancellationToken = default)
        => Property(EndpointProperty.Url).GetValueAsync(context, cancellationToken);

    internal string GetExpression(EndpointProperty property)
    {
        string Binding(string name) => $"{{{Resource.Name}.bindings.{EndpointName}.{name}}}";
        return property switch
        {
            EndpointProperty.Url => Binding("url"),
            EndpointProperty.Host or EndpointProperty.IPV4Host => Binding("host"),
            EndpointProperty.Port => Binding("port"),
            EndpointProperty.Scheme => Binding("scheme"),
            EndpointProperty.TargetPort => Binding("targetPort"),
            EndpointProperty.HostAndPort => $"{Binding("host")}:{Binding("port")}",
            _ => throw new UnreachableException(),
        };
    }

    private EndpointAnnotation? Find()
        => _annotation ??= Resource.Annotations.OfType<EndpointAnnotation>().SingleOrDefault(
            endpoint => string.Equals(endpoint.Name, EndpointName, StringComparison.OrdinalIgnoreCase));
}
