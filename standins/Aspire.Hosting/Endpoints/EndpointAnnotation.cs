using System.Diagnostics;
using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One port of a resource.</summary>
[DebuggerDisplay("Endpoint {Name}")]
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated
        = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int? _port;
    private int? _targetPort;
    private string? _transport;
    private bool _portIsNull;
    private bool _targetPortIsNull;

    /// <param name="protocol">TCP; nothing else can be started here.</param>
    /// <param name="uriScheme">The scheme of the endpoint's URL; the protocol in lower case if not given.</param>
    /// <param name="transport">"http", "http2" or "tcp"; follows the scheme if not given.</param>
    /// <param name="name">The scheme if not given.</param>
    /// <param name="port">The port that callers use; chosen at the start if not given.</param>
    /// <param name="targetPort">The port that the process listens on; chosen per process if not given.</param>
    /// <param name="isExternal">Whether callers from outside are meant to use it.</param>
    /// <param name="isProxied">Whether a proxy stands between callers and processes.</param>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        [EndpointName] string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        Name = name ?? UriScheme;
        ModelName.ValidateName(nameof(EndpointAnnotation), Name);
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
        _transport = transport;
        _port = port;
        _targetPort = targetPort;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>
    /// The port that callers use. Without a proxy it is the target port unless set.
    /// </summary>
    public int? Port
    {
        get => _port ?? (IsProxied || _portIsNull ? null : _targetPort);
        set
        {
            _port = value;
            _portIsNull = value is null;
        }
    }

    /// <summary>
    /// The port that the process listens on. Without a proxy it is the port unless set.
    /// </summary>
    public int? TargetPort
    {
        get => _targetPort ?? (IsProxied || _targetPortIsNull ? null : _port);
        set
        {
            _targetPort = value;
            _targetPortIsNull = value is null;
        }
    }

    public string UriScheme { get; set; }

    /// <summary>The host that the process binds.</summary>
    public string TargetHost { get; set; } = "localhost";

    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : Protocol.ToString().ToLowerInvariant());
        set => _transport = value;
    }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    /// <summary>
    /// The address that callers use; null until the application has allocated it.
    /// </summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set
        {
            if (value is null)
            {
                _allocated.TrySetException(
                    new InvalidOperationException($"The endpoint `{Name}` is not allocated"));
            }
            else if (!_allocated.TrySetResult(value))
            {
                throw new InvalidOperationException($"The endpoint `{Name}` is allocated already.");
            }
        }
    }

    internal bool FromLaunchProfile { get; set; }

    internal EndpointTargets Targets { get; } = new();

    /// <summary>Completes when the endpoint has its address.</summary>
    internal Task<AllocatedEndpoint> WhenAllocated => _allocated.Task;
}
