using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Proxy;

/// <summary>
/// Listens on the endpoint's port and hands each connection to one live replica, in turn. A connection stays with
/// its replica until either side closes it. Loopback only.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int ConnectionsWaitingMax = 512;

    private readonly EndpointTargets _targets;
    private readonly List<Socket> _listeners;
    private readonly List<Task> _accepting;
    private readonly CancellationTokenSource _closing = new();
    private int _turn = -1;

    private TcpProxy(EndpointTargets targets, List<Socket> listeners)
    {
        _targets = targets;
        _listeners = listeners;
        Port = ((IPEndPoint)listeners[0].LocalEndPoint!).Port;
        _accepting = [.. listeners.Select(AcceptAsync)];
    }

    internal int Port { get; }

    /// <param name="targets">The live replicas.</param>
    /// <param name="port">The port; null for any free one.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    internal static TcpProxy Listen(EndpointTargets targets, int? port)
        => new(targets, port is { } given ? Bind(given) : FreePorts.Take(Bind));

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listeners.ForEach(listener => listener.Dispose());
        await Task.WhenAll(_accepting).ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>"localhost" means both loopback addresses, where the machine has both.</summary>
    private static List<Socket> Bind(int port)
    {
        var listeners = new List<Socket>();
        try
        {
            listeners.Add(Bind(new IPEndPoint(IPAddress.Loopback, port)));
            if (HasIPv6Loopback())
            {
                listeners.Add(Bind(new IPEndPoint(IPAddress.IPv6Loopback, port)));
            }
            return listeners;
        }
        catch (SocketException)
        {
            listeners.ForEach(listener => listener.Dispose());
            throw;
        }
    }

    private static Socket Bind(IPEndPoint address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(ConnectionsWaitingMax);
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }
    }

    private static bool HasIPv6Loopback()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return false;
        }
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // This caller gave up before it was accepted; the next one may not have.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                using var replica = await ConnectAsync().ConfigureAwait(false);
                if (replica is not null)
                {
                    client.NoDelay = true;
                    await TcpRelay.RunAsync(client, replica, _closing.Token).ConfigureAwait(false);
                }
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side has gone; closing both sockets tells the other.
            }
        }
    }

    /// <summary>
    /// The replica whose turn it is; one that refuses is passed over. Null if none takes the call.
    /// </summary>
    private async Task<Socket?> ConnectAsync()
    {
        var live = _targets.Live;
        var first = (uint)Interlocked.Increment(ref _turn);
        for (var i = 0u; i < live.Length; i++)
        {
            var address = live[(int)((first + i) % (uint)live.Length)].Address;
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, _closing.Token).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        return null;
    }
}
