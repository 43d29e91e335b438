using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BankAccounts.EndToEnd.Tests;

public sealed class AppHostProcessTests
{
    /// <summary>A service of each kind and a second projector, ZooKeeper or none, a broker, Redis.</summary>
    private const int LeastProcesses = 6;

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(40);

    [LinuxFact]
    public async Task An_AppHost_killed_with_9_leaves_no_process_behind()
    {
        using var host = await StartedAsync();

        await host.SignalAsync("KILL");

        await host.EndAsync(EndTime);
        await host.NothingIsLeftAsync(EndTime);
    }

    /// <summary>By INT ends the one that DashboardTests start.</summary>
    [LinuxFact]
    public async Task An_AppHost_that_is_asked_to_end_ends_well_and_leaves_no_process_behind()
    {
        using var host = await StartedAsync();

        await host.SignalAsync("TERM");

        var (exitCode, errors) = await host.EndAsync(EndTime);
        Assert.Equal((0, string.Empty), (exitCode, errors));
        Assert.Empty(host.Others());
    }

    [LinuxFact]
    public async Task An_AppHost_whose_port_is_taken_says_which_and_starts_nothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 5101);
        ListenUnlessSomebodyDoes(taken);
        using var host = new AppHostProcess();

        var (exitCode, errors) = await host.EndAsync(EndTime);

        Assert.Equal(1, exitCode);
        Assert.Contains("port 5101 (command-service)", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.False(host.HasHadEngines);
        Assert.Empty(host.Others());
    }

    /// <summary>An AppHost whose services are all healthy.</summary>
    private static async Task<AppHostProcess> StartedAsync()
    {
        var host = new AppHostProcess(
            "--DcpPublisher:RandomizePorts=true", "--announce=true", "--command-services=1", "--projectors=2");
        try
        {
            await host.ReadUntilAsync("The bank is open.", StartTime);
            Assert.True(host.HasHadEngines);
            // They are all seen now, so that they would be seen later.
            var names = host.Others().Select(NameOf).ToList();
            Assert.Contains("java", names);
            // It shows its address behind its name.
            Assert.Contains(names, name => name.StartsWith("redis-server", StringComparison.Ordinal));
            Assert.True(names.Count >= LeastProcesses, string.Join(", ", names));
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static string NameOf(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.ProcessName;
    }

    private static void ListenUnlessSomebodyDoes(TcpListener listener)
    {
        try
        {
            listener.Start();
        }
        catch (SocketException problem) when (problem.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // The port is as taken as this test needs it.
        }
    }
}
