using System.Net;
using System.Net.Sockets;

namespace BankAccounts.AppHost.Engines;

/// <summary>Free TCP ports of the loopback interface.</summary>
public static class LoopbackPorts
{
    // Below the range that systems give to outgoing connections (32768 and up on Linux, 49152
    // elsewhere): a port is picked some seconds before its server binds it, and no client may take
    // it in between. Aspire and tests choose theirs higher, so that none of them does either (decision 0117).
    private const int Lowest = 20_000;
    private const int Highest = 26_000;
    private const int MostAttempts = 1_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>
    /// Picks different ports that nothing listens on at this moment, and that this process has not picked before:
    /// whoever got one may not listen there yet.
    /// </summary>
    /// <param name="count">How many: 1 … 100.</param>
    /// <exception cref="BankStartException">There are not as many free ports.</exception>
    public static int[] Pick(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 100);

        var picked = new HashSet<int>();
        for (var attempt = 0; attempt < MostAttempts && picked.Count < count; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (IsFree(port) && TryGive(port))
            {
                picked.Add(port);
            }
        }

        return picked.Count == count
            ? [.. picked]
            : throw new BankStartException(
                $"Found no {count} free ports between {Lowest} and {Highest} on 127.0.0.1.");
    }

    /// <summary>
    /// Whether a server could listen on this port of localhost now, by IPv4 and by IPv6.
    /// </summary>
    public static bool IsFree(int port) =>
        IsFree(IPAddress.Loopback, port)
        && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, port));

    private static bool TryGive(int port)
    {
        lock (Given)
        {
            return Given.Add(port);
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException problem)
        {
            // A machine may know of IPv6 and have no IPv6 loopback: then nothing can be in the way
            // there.
            return problem.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
