using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Aspire.Hosting.Proxy;

/// <summary>
/// Chooses ports below the range from which systems take the ports of outgoing connections, so that none of those
/// can take a port between its choice here and its use by a process that starts later.
/// </summary>
internal static class FreePorts
{
    private const int First = 26_000;
    private const int Last = 31_000;
    private const int AttemptsMax = 200;

    private static readonly Lock s_lock = new();
    private static readonly HashSet<int> s_given = [];

    /// <summary>A port that is free now and is not given out again by this host.</summary>
    internal static int Take()
        => Take(port =>
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return port;
        });

    /// <summary>Tries ports until the caller can bind one.</summary>
    /// <exception cref="SocketException">No port was free.</exception>
    internal static T Take<T>(Func<int, T> bind)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            lock (s_lock)
            {
                // After a long life all may have been given out once; those are free again or the
                // bind says so.
                if (!s_given.Add(port) && attempt < AttemptsMax / 2)
                {
                    continue;
                }
            }
            try
            {
                return bind(port);
            }
            catch (SocketException taken)
                when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < AttemptsMax)
            {
                // The next port, then.
            }
        }
    }
}
