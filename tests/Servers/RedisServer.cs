using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BankAccounts.Tests.Servers;

/// <summary>A redis-server process of its own, on a free port of the loopback interface.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string? _password;
    private readonly string[] _tls;
    private Process? _process;

    private RedisServer(string? password, params string[] tls) => (_password, _tls) = (password, tls);

    public int Port { get; } = FreePorts.Take();

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>A server that is away until <see cref="Start" />.</summary>
    /// <param name="password">What clients must say; nothing if they need not.</param>
    /// <param name="tls">With options of TLS it speaks nothing else.</param>
    public static RedisServer NotStarted(string? password = null, params string[] tls) => new(password, tls);

    public static async Task<RedisServer> Started(string? password = null)
    {
        var server = new RedisServer(password);
        await server.Start();
        return server;
    }

    public async Task Start()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var port = Port.ToString(CultureInfo.InvariantCulture);
        foreach (var argument in (string[])[
            .. _tls.Length == 0 ? ["--port", port] : (string[])["--port", "0", "--tls-port", port, .. _tls],
            "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            .. _password is null ? Array.Empty<string>() : ["--requirepass", _password]])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("No redis-server.");
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await Eventually.BecomesTrue(AcceptsConnections, "redis-server accepts connections");
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public async Task Kill()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Keeps its connections and answers nothing, until <see cref="Resume" />.</summary>
    public Task Suspend() => Signal("STOP");

    public Task Resume() => Signal("CONT");

    public async ValueTask DisposeAsync() => await Kill();

    private async Task Signal(string signal)
    {
        var pid = _process!.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [$"-{signal}", pid]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"SIG{signal} did not reach redis-server.");
        }
    }

    private async Task<bool> AcceptsConnections()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
