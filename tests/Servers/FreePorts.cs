using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BankAccounts.Tests.Servers;

/// <summary>
/// Ports for servers that are told theirs. They lie below those that a system gives to connections by itself (from
/// 32768 on), so that no client takes one between here and the server's start, and above those that an AppHost picks
/// (decision 0117).
/// </summary>
public static class FreePorts
{
    private const int Lowest = 31_000;
    private const int Highest = 32_767;
    private const int MostAttempts = 1_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port of 127.0.0.1 where nobody listens, and that this process was not given before.</summary>
    public static int Take()
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (IsFree(port) && Given.TryAdd(port, true))
            {
                return port;
            }
        }
        throw new InvalidOperationException($"There is no free port between {Lowest} and {Highest}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
