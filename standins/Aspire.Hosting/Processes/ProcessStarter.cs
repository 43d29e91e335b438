using System.Collections.Concurrent;
using System.Diagnostics;

namespace Aspire.Hosting.Processes;

/// <summary>
/// Starts every process from one thread that lives as long as the host. On Linux the processes are told to die
/// (PR_SET_PDEATHSIG, set by util-linux's setpriv) when the thread that started them ends: so they end with the
/// host, even if it is killed. Each is a session of its own (setsid), so that Ctrl-C in the terminal reaches the
/// host alone, which then stops them in order. Each program executes the next one in its place: the process id
/// stays the same.
/// </summary>
internal static class ProcessStarter
{
    private const string BeginUnlessOrphaned
        = "my $host = shift; shift; exit 1 if getppid() != $host; exec { $ARGV[0] } @ARGV; exit 127;";

    private static readonly BlockingCollection<Action> s_work = [];
    private static readonly string[] s_prefix = DieWithHost();

    /// <summary>
    /// These are about the host; a process that needs one of them is given its own.
    /// </summary>
    private static readonly string[] s_notInherited =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE"];

    static ProcessStarter()
        => new Thread(() =>
        {
            foreach (var start in s_work.GetConsumingEnumerable())
            {
                start();
            }
        })
        {
            IsBackground = true,
            Name = "Process starter",
        }.Start();

    /// <summary>Whether the processes die with the host even if it is killed.</summary>
    internal static bool ProcessesDieWithHost => s_prefix.Length > 0;

    internal static Task<Process> StartAsync(ProcessSpec spec)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        s_work.Add(() =>
        {
            var process = new Process { StartInfo = StartInfo(spec), EnableRaisingEvents = true };
            try
            {
                process.Start();
                started.SetResult(process);
            }
            // Whatever prevents the start is the starter's answer to its caller; this thread must
            // go on.
#pragma warning disable CA1031
            catch (Exception failure)
#pragma warning restore CA1031
            {
                process.Dispose();
                started.SetException(failure);
            }
        });
        return started.Task;
    }

    private static ProcessStartInfo StartInfo(ProcessSpec spec)
    {
        string[] command = [.. s_prefix, spec.FileName, .. spec.Arguments];
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = spec.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in s_notInherited)
        {
            info.Environment.Remove(name);
        }
        foreach (var (name, value) in spec.Environment)
        {
            info.Environment[name] = value;
        }
        return info;
    }

    private static string HostId
        => Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string[] DieWithHost()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        if (!OperatingSystem.IsLinux()
            || ExecutableFinder.TryFindInPath("setpriv", path) is not { } setpriv
            || ExecutableFinder.TryFindInPath("setsid", path) is not { } setsid)
        {
            return [];
        }
        string[] prefix = [setsid, setpriv, "--pdeathsig", "KILL", "--"];
        // A host that died before setpriv came to its turn sends no signal any more: then the process has
        // another parent already and must not begin. Not a shell: those drop variables with hyphens in them.
        return ExecutableFinder.TryFindInPath("perl", path) is { } perl
            ? [.. prefix, perl, "-e", BeginUnlessOrphaned, HostId, "--"]
            : prefix;
    }
}
