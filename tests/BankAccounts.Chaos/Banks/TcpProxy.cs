using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BankAccounts.Tests.Files;

namespace BankAccounts.Chaos;

/// <summary>
/// A bad network in user space between the services and a server: it can delay what passes, hold it back (all of it, or
/// what some connections send), and cut connections and refuse new ones.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    /// <summary>Redis knows a script by its SHA-1.</summary>
    private static readonly byte[] CommitScript = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(
#pragma warning disable CA5350 // It names a script, and secures nothing.
        SHA1.HashData(File.ReadAllBytes(RepositoryFiles.PathOf("ProjectionService", "Redis", "commit.lua")))));
#pragma warning restore CA5350

    private const int BufferSize = 64 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly ConcurrentDictionary<int, HeldConnection> held = new();
    private readonly CancellationTokenSource ended = new();
    private readonly int targetPort;
    private readonly Task accepting;
    private volatile TaskCompletionSource flowing = Completed();
    private volatile bool isCut;
    private long delayTicks;

    public TcpProxy(int targetPort)
    {
        this.targetPort = targetPort;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where the services connect to.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How long everything is held in each direction.</summary>
    public TimeSpan Delay
    {
        set => Volatile.Write(ref delayTicks, value.Ticks);
    }

    /// <summary>Lets nothing through, and keeps the connections.</summary>
    public void Hold() => flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Holds back what one client sends from its next commit on, until the connection is released; the client is known by
    /// the port that it connected from.
    /// </summary>
    public HeldConnection Hold(int clientPort) => held.GetOrAdd(clientPort, _ => new HeldConnection(CommitScript));

    /// <summary>Has no more to do with what was held.</summary>
    public void Forget(int clientPort)
    {
        if (held.TryRemove(clientPort, out var connection))
        {
            connection.Release();
        }
    }

    /// <summary>Ends every connection, and takes none.</summary>
    public void Cut()
    {
        isCut = true;
        foreach (var connection in open.Keys)
        {
            connection.Close();
        }
    }

    /// <summary>A good network again.</summary>
    public void Heal()
    {
        (isCut, Delay) = (false, TimeSpan.Zero);
        flowing.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        Cut();
        Heal();
        foreach (var port in held.Keys)
        {
            Forget(port);
        }
        await accepting;
        ended.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task AcceptAsync()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(ended.Token);
                _ = RelayAsync(client);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException
                or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            (open[client], open[server]) = (true, true);
            try
            {
                if (!isCut)
                {
                    await server.ConnectAsync(IPAddress.Loopback, targetPort, ended.Token);
                    (client.NoDelay, server.NoDelay) = (true, true);
                    var port = ((IPEndPoint)client.Client.RemoteEndPoint!).Port;
                    await Task.WhenAny(
                        CopyAsync(client.GetStream(), server.GetStream(), sent => PassAsync(port, sent)),
                        CopyAsync(server.GetStream(), client.GetStream(), answer => PassBack(port, answer)));
                }
            }
            catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException
                or InvalidOperationException or OperationCanceledException)
            {
                // Either side is gone, and so is the connection.
            }
            open.TryRemove(client, out _);
            open.TryRemove(server, out _);
        }
    }

    private async Task PassAsync(int clientPort, ReadOnlyMemory<byte> sent)
    {
        if (held.TryGetValue(clientPort, out var connection))
        {
            await connection.PassAsync(sent, ended.Token);
        }
    }

    private Task PassBack(int clientPort, ReadOnlyMemory<byte> answer)
    {
        if (held.TryGetValue(clientPort, out var connection))
        {
            connection.PassBack(answer.Span);
        }
        return Task.CompletedTask;
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, Task> pass)
    {
        var buffer = new byte[BufferSize];
        try
        {
            for (int size; (size = await from.ReadAsync(buffer, ended.Token)) > 0;)
            {
                await flowing.Task.WaitAsync(ended.Token);
                await pass(buffer.AsMemory(0, size));
                if (Volatile.Read(ref delayTicks) is > 0 and var ticks)
                {
                    await Task.Delay(TimeSpan.FromTicks(ticks), ended.Token);
                }
                await to.WriteAsync(buffer.AsMemory(0, size), ended.Token);
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException
            or OperationCanceledException)
        {
            // The relay ends with either direction.
        }
    }
}
