using System.ComponentModel;
using System.Diagnostics;

namespace BankAccounts.AppHost.Engines;

/// <summary>How Kafka and Redis are run.</summary>
public enum EngineKind
{
    /// <summary>As processes of this machine.</summary>
    Local,

    /// <summary>As containers, by Aspire's own integrations.</summary>
    Containers,
}

/// <summary>
/// Chooses how Kafka and Redis are run when no connection string says where they are.
/// </summary>
public static class EngineChoice
{
    private static readonly TimeSpan PatienceWithDaemon = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What was asked for; else processes where their programs are there, containers where a daemon
    /// answers instead. With neither it is processes, whose error says what is missing.
    /// </summary>
    /// <param name="asked"><c>local</c>, <c>containers</c> or null.</param>
    /// <param name="programsAreThere">
    /// Whether Java, a Kafka and Redis are installed, as far as needed.
    /// </param>
    /// <param name="daemonAnswers">Whether containers can be run; asked only if it matters.</param>
    public static EngineKind Choose(
        string? asked, bool programsAreThere, Func<bool> daemonAnswers) =>
        asked switch
        {
            "local" => EngineKind.Local,
            "containers" => EngineKind.Containers,
            _ => !programsAreThere && daemonAnswers() ? EngineKind.Containers : EngineKind.Local,
        };

    /// <summary>
    /// Whether a container daemon answers. The command may be on the PATH without one, so it is the
    /// daemon that is asked.
    /// </summary>
    public static bool ContainerDaemonAnswers()
    {
        var named = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME");
        var runtime = string.IsNullOrEmpty(named) ? "docker" : named;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(runtime, ["ps", "--quiet"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            if (process is null)
            {
                return false;
            }

            if (process.WaitForExit(PatienceWithDaemon))
            {
                return process.ExitCode == 0;
            }

            process.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            // There is no such command.
            return false;
        }
    }
}
