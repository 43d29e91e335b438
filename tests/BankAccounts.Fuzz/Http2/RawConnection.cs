using System.Net.Sockets;

namespace BankAccounts.Fuzz;

/// <summary>How a connection that was mistreated went on.</summary>
internal enum Aftermath
{
    /// <summary>The service has ended it.</summary>
    Ended,

    /// <summary>It still answers a ping.</summary>
    GoesOn,

    /// <summary>Neither, in time.</summary>
    Hangs,
}

/// <summary>A connection without any library between it and the service.</summary>
internal static class RawConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly byte[] Question = "fuzz-pin"u8.ToArray();

    /// <summary>Sends some bytes and then a ping, and waits for what becomes of the connection.</summary>
    public static async Task<Aftermath> SendAsync(Uri address, byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(address.Host, address.Port, patience.Token);
            var stream = client.GetStream();
            // What the service writes is read meanwhile: it may not go on before.
            var answering = ReadAsync(stream, patience.Token);
            await SendAsync(stream, [.. bytes, .. Frame.Of(Frame.Ping, 0, 0, Question)], patience.Token);
            return await answering;
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            return Aftermath.Ended;
        }
        catch (OperationCanceledException)
        {
            return Aftermath.Hangs;
        }
    }

    /// <summary>Sends some bytes and is gone.</summary>
    public static async Task CutAsync(Uri address, byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            await client.ConnectAsync(address.Host, address.Port, patience.Token);
            await client.GetStream().WriteAsync(bytes, patience.Token);
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            // The service was faster.
        }
    }

    private static async Task SendAsync(NetworkStream stream, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellation);
        }
        catch (IOException)
        {
            // It has ended the connection before it had read all of it: what it said is read.
        }
    }

    private static async Task<Aftermath> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        byte[] wanted = Frame.Of(Frame.Ping, Frame.Ack, 0, Question);
        var buffer = new byte[32 * 1024];
        var kept = 0;
        for (int count; (count = await stream.ReadAsync(buffer.AsMemory(kept), cancellation)) > 0;)
        {
            var all = buffer.AsSpan(0, kept + count);
            if (all.IndexOf(wanted) >= 0)
            {
                return Aftermath.GoesOn;
            }
            kept = Math.Min(all.Length, wanted.Length - 1);
            all[^kept..].CopyTo(buffer);
        }
        return Aftermath.Ended;
    }
}
