using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BankAccounts.Tests.Servers;
using StackExchange.Redis;

namespace BankAccounts.Chaos;

/// <summary>
/// The bank's Redis, which keeps nothing by itself: the driver owns its process and its folder, and the network before
/// it. It can be emptied, killed, filled, paused and set back.
/// </summary>
internal sealed class ChaosRedis : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string folder;
    private readonly int port = FreePort();
    private Process? process;
    private ConnectionMultiplexer? connection;

    private ChaosRedis(string folder)
    {
        this.folder = Directory.CreateDirectory(folder).FullName;
        Proxy = new TcpProxy(port);
    }

    /// <summary>The network between the services and Redis.</summary>
    public TcpProxy Proxy { get; }

    /// <summary>Where the driver and the checker reach it, past the proxy.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>A connection past the proxy that may do everything.</summary>
    public IDatabase Database => connection!.GetDatabase();

    public static async Task<ChaosRedis> StartAsync(string folder)
    {
        var redis = new ChaosRedis(folder);
        try
        {
            await redis.StartAsync();
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server, with the snapshot in its folder if there is one.</summary>
    public async Task StartAsync()
    {
        process = Process.Start(new ProcessStartInfo(
            "redis-server",
            [
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder,
                "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
            ])
        {
            RedirectStandardOutput = true,
        }) ?? throw new ChaosException("redis-server cannot be started.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        await Eventually.BecomesTrue(AcceptsAsync, "redis-server accepts connections", Patience);
        connection ??= await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true,abortConnect=false");
        await Eventually.BecomesTrue(AnswersAsync, "redis-server answers", Patience);
    }

    /// <summary>Kills the server as a crash would. All that it held is gone.</summary>
    public async Task KillAsync()
    {
        if (process is { } running)
        {
            process = null;
            running.Kill();
            await running.WaitForExitAsync();
            running.Dispose();
        }
    }

    /// <summary>Writes what it holds now into its folder, from where the next start takes it.</summary>
    public Task SaveAsync() => Database.ExecuteAsync("SAVE");

    /// <summary>Lets the next start begin empty.</summary>
    public void ForgetSaved() => File.Delete(Path.Combine(folder, "dump.rdb"));

    public async ValueTask DisposeAsync()
    {
        connection?.Dispose();
        await Proxy.DisposeAsync();
        await KillAsync();
    }

    private async Task<bool> AcceptsAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await Database.PingAsync();
            return true;
        }
        catch (Exception notYet) when (notYet is RedisException or TimeoutException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
