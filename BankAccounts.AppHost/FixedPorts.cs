using BankAccounts.AppHost.Engines;
using Microsoft.Extensions.Configuration;

namespace BankAccounts.AppHost;

/// <summary>The ports that the services are known by.</summary>
public static class FixedPorts
{
    /// <summary>Whether ports are random, as in tests.</summary>
    public static bool AreRandomized(IConfiguration configuration) =>
        configuration.GetValue<bool>("DcpPublisher:RandomizePorts");

    /// <summary>
    /// Looks whether the services' fixed ports are free, before anything is started.
    /// </summary>
    /// <exception cref="BankStartException">One is in use; the message says which.</exception>
    public static void RequireFreePorts(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode || AreRandomized(builder.Configuration))
        {
            return;
        }

        var taken = builder.Resources.OfType<ProjectResource>()
            .SelectMany(
                service => service.Annotations.OfType<EndpointAnnotation>(),
                (service, endpoint) => (service.Name, endpoint.Port))
            .Where(known => known.Port is > 0 && !LoopbackPorts.IsFree(known.Port.Value))
            .Select(known => $"{known.Port} ({known.Name})")
            .ToArray();
        if (taken.Length > 0)
        {
            throw new BankStartException(
                $"In use on this machine: port {string.Join(", port ", taken)}. "
                + "Is the bank running already? Stop what listens there, and try again.");
        }
    }
}
