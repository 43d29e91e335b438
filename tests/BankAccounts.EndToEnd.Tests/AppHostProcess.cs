using System.Diagnostics;
using System.Globalization;
using BankAccounts.AppHost.Engines;
using BankAccounts.Tests.Servers;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// The built AppHost as a process of its own, as <c>./bank up</c> runs it. It knows every process that
/// was started for it, however it was detached: by a mark in the environment, which all inherit, or by
/// its working folder, for those that write over their environment (redis-server does, for its title).
/// </summary>
public sealed class AppHostProcess : IDisposable
{
    private const string MarkName = "BANK_TEST_MARK";

    private readonly string mark = $"{MarkName}={Guid.NewGuid():N}";
    private readonly string folder = Bank.NewDataFolder();
    private readonly Process process;
    private readonly Task<string> errors;

    public AppHostProcess(params string[] args)
    {
        // A shell may have started the tests in the background, where SIGINT is ignored by inheritance.
        var start = new ProcessStartInfo(
            "env", ["--default-signal=INT", mark, "dotnet", Program(), "--data", folder, .. Bank.Usual, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What ./bank up sets for the dashboard that comes with Aspire.
        var ports = LoopbackPorts.Pick(3);
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        start.Environment["ASPNETCORE_URLS"] = LocalUrl(ports[0]);
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = LocalUrl(ports[1]);
        start.Environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = LocalUrl(ports[2]);
        process = Process.Start(start) ?? throw new InvalidOperationException("It cannot be started.");
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether Kafka, ZooKeeper or Redis ever wrote something for this AppHost.</summary>
    public bool HasHadEngines =>
        Directory.EnumerateFiles(folder, "*.log", SearchOption.AllDirectories).Any()
        || Directory.EnumerateDirectories(folder, "appendonlydir", SearchOption.AllDirectories).Any();

    /// <summary>Reads what it prints up to a line with this in it; the lines before it are the result.</summary>
    public async Task<IReadOnlyList<string>> ReadUntilAsync(string part, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Contains(part, StringComparison.Ordinal))
            {
                return lines;
            }
            lines.Add(line);
        }
        throw new InvalidOperationException($"It ended before it printed '{part}'.");
    }

    /// <summary>The processes that run for it, itself not counted.</summary>
    public List<int> Others() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && id != process.Id && IsOfThis(id))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Sends it a signal, by name.</summary>
    public async Task SignalAsync(string signal)
    {
        var id = process.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", ["-s", signal, id]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for its end; the result is its exit code and what it wrote to standard error.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync(TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        // It must never wait for somebody to read what it prints.
        var rest = process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        await rest;
        return (process.ExitCode, await errors);
    }

    /// <summary>Waits until nothing runs for it any more.</summary>
    public Task NothingIsLeftAsync(TimeSpan within) =>
        Eventually.BecomesTrue(
            () => Task.FromResult(Others().Count == 0), "no process is left behind", within);

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }
        // A failed test must not leave behind what it complains about.
        foreach (var id in Others())
        {
            KillIfThere(id);
        }
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The AppHost's own output, of the same configuration as this test.</summary>
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(
            Projects.BankAccounts_AppHost.ProjectPath, "bin", output.Parent!.Name, output.Name,
            "BankAccounts.AppHost.dll");
    }

    private static string LocalUrl(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");

    private static void KillIfThere(int id)
    {
        try
        {
            using var left = Process.GetProcessById(id);
            left.Kill();
            left.WaitForExit();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    private bool IsOfThis(int id)
    {
        try
        {
            // Of a process that has ended and that nobody has asked about, neither can be read.
            return File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains(mark)
                || new DirectoryInfo($"/proc/{id}/cwd").LinkTarget is { } workingFolder
                    && workingFolder.StartsWith(folder, StringComparison.Ordinal);
        }
        catch (Exception notMine) when (notMine is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
