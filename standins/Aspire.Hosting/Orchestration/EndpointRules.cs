using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>What can be, and what cannot.</summary>
internal static class EndpointRules
{
    /// <exception cref="InvalidOperationException">The endpoint cannot be as it is described.</exception>
    internal static void Check(IResource resource, EndpointAnnotation endpoint, int replicas)
    {
        if (Complaint(resource, endpoint, replicas) is { } complaint)
        {
            throw new InvalidOperationException(complaint);
        }
    }

    /// <summary>What callers use for a host that means "any address".</summary>
    internal static string CallersHost(string targetHost)
        => targetHost is "" or "*" or "+" or "0.0.0.0" or "::" or "[::]" ? "localhost" : targetHost;

    /// <summary>The address on which a process that binds the host is reached.</summary>
    internal static IPAddress Address(string targetHost)
        => IPAddress.TryParse(targetHost, out var address) && !address.Equals(IPAddress.Any)
            && !address.Equals(IPAddress.IPv6Any)
                ? address
                : IPAddress.Loopback;

    private static string? Complaint(IResource resource, EndpointAnnotation endpoint, int replicas)
    {
        var about = $"The endpoint '{endpoint.Name}' for resource '{resource.Name}'";
        if (endpoint.Protocol != ProtocolType.Tcp)
        {
            return $"{about} uses {endpoint.Protocol}; only TCP can be started here.";
        }
        if (!endpoint.IsProxied)
        {
            return replicas > 1
                ? $"Resource '{resource.Name}' uses multiple replicas and a proxy-less endpoint '{endpoint.Name}'. These features do not work together."
                : endpoint.Port is null || endpoint.TargetPort is null
                    ? $"Service '{resource.Name}' needs to specify a port for endpoint '{endpoint.Name}' since it isn't using a proxy."
                    : endpoint.Port != endpoint.TargetPort
                        ? $"{about} is not using a proxy, and its Port {endpoint.Port} is different from its TargetPort {endpoint.TargetPort}. For proxy-less endpoints they must match."
                        : null;
        }
        if (endpoint.TargetPort is { } target && target == endpoint.Port)
        {
            return $"{about} requested a proxy, and its Port and its TargetPort are both {target}. The proxy and the process cannot share a port.";
        }
        return endpoint.TargetPort is not null && replicas > 1
            ? $"Resource '{resource.Name}' can have multiple replicas, and it uses endpoint '{endpoint.Name}' that has TargetPort property set. Each replica must have a unique port; setting TargetPort is not allowed."
            : null;
    }
}
