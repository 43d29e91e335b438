using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Echo;
using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>A gRPC call that does nothing, to a server in a process of its own.</summary>
internal sealed class EmptyCalls : IDisposable
{
    private const int Servers = 2;
    private const int ConnectionsPerServer = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly CallRequest Nothing = new();

    private readonly List<Process> processes = [];
    private readonly Connections connections;
    private readonly EchoService.EchoServiceClient[] clients;

    /// <summary>Starts the servers: as many as there are replicas of CommandService by default.</summary>
    public EmptyCalls()
    {
        var addresses = Enumerable.Range(0, Servers).Select(_ => StartServer()).ToList();
        connections = new Connections(addresses, ConnectionsPerServer);
        clients = [.. connections.Invokers.Select(invoker => new EchoService.EchoServiceClient(invoker))];
    }

    /// <summary>So many calls under way.</summary>
    public Task<Sample> RunAsync(int inFlight, TimeSpan duration) => ClosedLoop.RunAsync(
        inFlight, duration,
        async caller => await clients[caller % clients.Length].CallAsync(Nothing, deadline: DateTime.UtcNow + Deadline));

    public void Dispose()
    {
        connections.Dispose();
        foreach (var process in processes)
        {
            // It serves until its standard input ends.
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private Uri StartServer()
    {
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(EmptyCalls).Assembly.Location, EchoServer.Argument, port])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        processes.Add(process);
        return process.StandardOutput.ReadLine() == EchoServer.Ready
            ? new Uri($"http://127.0.0.1:{port}")
            : throw new BenchException("The server of empty calls did not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
