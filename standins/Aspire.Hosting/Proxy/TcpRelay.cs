using System.Buffers;
using System.Net.Sockets;

namespace Aspire.Hosting.Proxy;

/// <summary>
/// Carries bytes between two sockets, both ways at the same time, each way with one buffer.
/// </summary>
internal static class TcpRelay
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// Returns when both sides have closed; a side that only stops sending can still receive.
    /// </summary>
    /// <exception cref="SocketException">A side has broken off.</exception>
    internal static async Task RunAsync(
        Socket one, Socket other, CancellationToken cancellationToken)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(
            CarryAsync(one, other, broken),
            CarryAsync(other, one, broken)).ConfigureAwait(false);
    }

    private static async Task CarryAsync(Socket from, Socket to, CancellationTokenSource broken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, broken.Token).ConfigureAwait(false)) > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), broken.Token)
                        .ConfigureAwait(false);
                }
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction must not wait for a side that is gone.
            await broken.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
