using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address under which callers reach an endpoint.</summary>
public class AllocatedEndpoint
{
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="address">A host name or an address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="targetPortExpression">What stands for the port of each process until it is known.</param>
    public AllocatedEndpoint(
        EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65535);
        Endpoint = endpoint;
        Address = address;
        Port = port;
        TargetPortExpression = targetPortExpression;
    }

    public EndpointAnnotation Endpoint { get; }

    public string Address { get; }

    public int Port { get; }

    public string? TargetPortExpression { get; }

    public string UriScheme => Endpoint.UriScheme;

    public string EndPointString
        => string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port}");

    public string UriString => $"{UriScheme}://{EndPointString}";

    public override string ToString() => UriString;
}
