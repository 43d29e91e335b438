using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.Proxy;

namespace Aspire.Hosting.Tests;

public sealed class TcpProxyTests
{
    [Fact]
    public async Task Connections_go_to_the_replicas_in_turn()
    {
        using var one = new Answering("one");
        using var two = new Answering("two");
        var targets = new EndpointTargets();
        targets.Add("1", one.Address);
        targets.Add("2", two.Address);
        await using var proxy = TcpProxy.Listen(targets, port: null);

        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await AskAsync(proxy.Port, "x"));
        }

        Assert.Equal(["one:1", "two:1", "one:1", "two:1"], answers);
    }

    [Fact]
    public async Task A_replica_that_refuses_is_passed_over()
    {
        using var one = new Answering("one");
        var targets = new EndpointTargets();
        targets.Add("1", one.Address);
        targets.Add("gone", new IPEndPoint(IPAddress.Loopback, FreePorts.Take()));
        await using var proxy = TcpProxy.Listen(targets, port: null);

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("one:1", await AskAsync(proxy.Port, "x"));
        }
    }

    [Fact]
    public async Task With_no_replica_the_connection_is_closed()
    {
        await using var proxy = TcpProxy.Listen(new EndpointTargets(), port: null);

        Assert.Equal("", await AskAsync(proxy.Port, ""));
    }

    [Fact]
    public async Task A_caller_that_has_said_all_still_gets_its_whole_answer()
    {
        // More than all the buffers on the way together, so that both ways have to wait for each
        // other.
        const int bytes = 20_000_000;
        using var echo = new Answering("echo");
        var targets = new EndpointTargets();
        targets.Add("1", echo.Address);
        await using var proxy = TcpProxy.Listen(targets, port: null);

        Assert.Equal($"echo:{bytes}", await AskAsync(proxy.Port, new string('x', bytes)));
    }

    [Fact]
    public async Task Both_loopback_addresses_answer()
    {
        using var one = new Answering("one");
        var targets = new EndpointTargets();
        targets.Add("1", one.Address);
        await using var proxy = TcpProxy.Listen(targets, port: null);

        using var client = new TcpClient();
        await client.ConnectAsync("localhost", proxy.Port);
        Assert.True(client.Connected);
    }

    private static async Task<string> AskAsync(int port, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestHost.Soon);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestHost.Soon);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestHost.Soon);
    }

    /// <summary>
    /// Reads all that a caller says and then answers with its name and the count of bytes.
    /// </summary>
    private sealed class Answering : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _name;

        internal Answering(string name)
        {
            _name = name;
            _listener.Start();
            _ = ServeAsync();
        }

        internal IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[65536];
                long total = 0;
                int count;
                while ((count = await stream.ReadAsync(buffer)) > 0)
                {
                    total += count;
                }
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{_name}:{total}"));
            }
        }
    }
}
