namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project whose built output runs as one or more local processes.</summary>
public class ProjectResource(string name) : Resource(name),
    IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>
    /// The hosts that the project's own Kestrel configuration names, for the endpoints that come from it.
    /// </summary>
    internal Dictionary<EndpointAnnotation, string> KestrelHosts { get; } = [];
}
