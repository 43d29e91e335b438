using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BankAccounts.Bench.Processes;

/// <summary>A server that this program is as well, in a process of its own on a free port of the loopback.</summary>
internal sealed class Companion : IDisposable
{
    /// <summary>The line that it prints when it can be called.</summary>
    public const string Ready = "ready";

    private readonly Process process;

    /// <param name="role">The argument that makes this program such a server.</param>
    /// <exception cref="BenchException">It does not start.</exception>
    public Companion(string role)
    {
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        Address = new Uri($"http://127.0.0.1:{port}");
        process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Companion).Assembly.Location, role, port])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        if (process.StandardOutput.ReadLine() != Ready)
        {
            throw new BenchException($"The {role} did not start.");
        }
    }

    public Uri Address { get; }

    /// <summary>Ends it: it serves until its standard input ends.</summary>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
