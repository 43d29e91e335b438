using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Proxy;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>Gives every endpoint its address and, where it is proxied, its proxy.</summary>
internal sealed class EndpointAllocator(IConfiguration configuration) : IAsyncDisposable
{
    private readonly List<TcpProxy> _proxies = [];

    /// <summary>Tests set it, so that a run does not get in the way of another.</summary>
    private bool RandomizePorts => configuration.GetValue("DcpPublisher:RandomizePorts", false);

    /// <exception cref="InvalidOperationException">The endpoint cannot be as it is described.</exception>
    /// <exception cref="DistributedApplicationException">The port is taken.</exception>
    internal void Allocate(IResourceWithEndpoints resource, IReadOnlyList<Replica> replicas)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            EndpointRules.Check(resource, endpoint, replicas.Count);
            var port = endpoint.IsProxied ? OpenProxy(resource, endpoint) : OwnPort(resource, endpoint);
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(
                endpoint,
                EndpointRules.CallersHost(endpoint.TargetHost),
                port,
                TargetPortTemplate.For(resource, endpoint));
            foreach (var replica in replicas)
            {
                replica.TargetPorts[endpoint] = endpoint.TargetPort ?? FreePorts.Take();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }
        _proxies.Clear();
    }

    private static DistributedApplicationException Taken(
        IResource resource, EndpointAnnotation endpoint, int? port, SocketException failure)
        => new(
            failure.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Port {port} of endpoint '{endpoint.Name}' of resource '{resource.Name}' is already in use by another program."
                : $"Port {port} of endpoint '{endpoint.Name}' of resource '{resource.Name}' cannot be used: {failure.Message}",
            failure);

    private int OpenProxy(IResource resource, EndpointAnnotation endpoint)
    {
        var port = RandomizePorts ? null : endpoint.Port;
        try
        {
            var proxy = TcpProxy.Listen(endpoint.Targets, port);
            _proxies.Add(proxy);
            return proxy.Port;
        }
        catch (SocketException failure)
        {
            throw Taken(resource, endpoint, port, failure);
        }
    }

    /// <summary>
    /// The process itself will bind it: better a plain error now than a process that dies.
    /// </summary>
    private static int OwnPort(IResource resource, EndpointAnnotation endpoint)
    {
        var port = endpoint.TargetPort!.Value;
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return port;
        }
        catch (SocketException failure)
        {
            throw Taken(resource, endpoint, port, failure);
        }
    }
}
