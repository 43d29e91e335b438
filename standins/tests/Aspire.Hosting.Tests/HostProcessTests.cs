using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Tests;

/// <summary>The sample AppHost as a process of its own.</summary>
public sealed partial class HostProcessTests
{
    private const int SigTerm = 15;

    [Fact]
    public async Task A_host_that_is_killed_leaves_no_process_behind()
    {
        using var host = Run("--DcpPublisher:RandomizePorts=true");
        await Processes.UntilAsync(() => Processes.ChildrenOf(host.Id).Length == 3, "sleeper and two replicas run");
        var children = Processes.ChildrenOf(host.Id);

        host.Kill(entireProcessTree: false);

        await host.WaitForExitAsync(TestHost.Soon);
        await Processes.UntilAsync(() => !children.Any(Processes.IsAlive), "the children are gone");
    }

    [Fact]
    public async Task A_host_that_is_asked_to_end_lets_its_processes_end_well()
    {
        using var host = Run("--DcpPublisher:RandomizePorts=true");
        var output = new List<string>();
        var up = 0;
        while (up < 2 && await host.StandardOutput.ReadLineAsync(TestHost.Soon) is { } line)
        {
            up += line.Contains("sample is up", StringComparison.Ordinal) ? 1 : 0;
        }
        var children = Processes.ChildrenOf(host.Id);
        Assert.Equal(3, children.Length);

        Assert.Equal(0, SendSignal(host.Id, SigTerm));
        var rest = await host.StandardOutput.ReadToEndAsync(TestHost.Soon);
        await host.WaitForExitAsync(TestHost.Soon);

        Assert.Equal(0, host.ExitCode);
        Assert.Equal(2, rest.Split("sample stopped gracefully").Length - 1);
        Assert.DoesNotContain(children, Processes.IsAlive);
    }

    [Fact]
    public async Task A_host_that_is_asked_to_end_while_it_starts_ends_well_too()
    {
        using var host = Run("--DcpPublisher:RandomizePorts=true");
        await Processes.UntilAsync(() => Processes.ChildrenOf(host.Id).Length > 0, "the first process runs");
        var children = Processes.ChildrenOf(host.Id);

        Assert.Equal(0, SendSignal(host.Id, SigTerm));
        await host.StandardOutput.ReadToEndAsync(TestHost.Soon);
        await host.WaitForExitAsync(TestHost.Soon);

        Assert.Equal(0, host.ExitCode);
        Assert.DoesNotContain(children, Processes.IsAlive);
    }

    [Fact]
    public async Task A_host_whose_port_is_taken_says_which_and_ends_with_an_error()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 19_312);
        taken.Start();
        using var host = Run();

        var output = await host.StandardOutput.ReadToEndAsync(TestHost.Soon);
        await host.WaitForExitAsync(TestHost.Soon);

        Assert.NotEqual(0, host.ExitCode);
        Assert.Contains("Port 19312 of endpoint 'health' of resource 'web' is already in use", output, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    private static Process Run(params string[] args)
    {
        var host = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "SampleAppHost.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        // Nothing here reads stderr; the pipe must not fill up.
        host.ErrorDataReceived += (_, _) => { };
        host.BeginErrorReadLine();
        return host;
    }
}
