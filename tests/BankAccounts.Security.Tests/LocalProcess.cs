using System.Collections.Concurrent;
using System.Diagnostics;
using BankAccounts.Tests.Files;

namespace BankAccounts.Security.Tests;

/// <summary>A process with what it has printed so far.</summary>
internal sealed class LocalProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> lines = new();
    private readonly Process process;

    private LocalProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} cannot be started.");
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? string.Empty);
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? string.Empty);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', lines);

    /// <summary>Any program.</summary>
    public static LocalProcess Start(string program, string folder, params string[] arguments) =>
        new(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder });

    /// <summary>A service of the bank as it was built beside these tests.</summary>
    public static LocalProcess StartService(string project, IEnumerable<(string Key, string Value)> settings)
    {
        var build = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = RepositoryFiles.PathOf(project, "bin", build.Parent!.Name, build.Name);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, $"{project}.dll")]) { WorkingDirectory = folder };
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
        return new LocalProcess(start);
    }

    /// <summary>Waits for its end, and gives its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    /// <summary>Waits until it has printed this.</summary>
    public Task SaysAsync(string text) => Eventually.BecomesTrue(
        () => process.HasExited && !Output.Contains(text, StringComparison.Ordinal)
            ? throw new InvalidOperationException($"It has ended:\n{Output}")
            : Task.FromResult(Output.Contains(text, StringComparison.Ordinal)),
        text,
        Patience);

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
