using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Redis;

/// <summary>Redis Insight in a container, which cannot be started here.</summary>
public class RedisInsightResource(string name) : ContainerResource(name)
{
    private EndpointReference? _primaryEndpoint;

    public EndpointReference PrimaryEndpoint => _primaryEndpoint ??= new(this, "http");
}
