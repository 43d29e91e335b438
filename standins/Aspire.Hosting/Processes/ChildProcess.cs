using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Processes;

/// <summary>One running process and what it prints.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan LastLinesTimeMax = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly Task<int> _exited;

    private ChildProcess(Process process, Action<string, bool> onLine)
    {
        _process = process;
        Id = process.Id;
        process.StandardInput.Close();
        _exited = WaitForExitAsync(Task.WhenAll(
            PumpAsync(process.StandardOutput, line => onLine(line, false)),
            PumpAsync(process.StandardError, line => onLine(line, true))));
    }

    internal int Id { get; }

    /// <summary>
    /// The exit code, once the process has ended and its last lines are read; 128 + n for signal n.
    /// </summary>
    internal Task<int> Exited => _exited;

    /// <param name="spec">What to start.</param>
    /// <param name="onLine">Gets each line, and whether it is from stderr.</param>
    internal static async Task<ChildProcess> StartAsync(
        ProcessSpec spec, Action<string, bool> onLine)
        => new(await ProcessStarter.StartAsync(spec).ConfigureAwait(false), onLine);

    /// <summary>Asks the process to end; kills it if it has not ended after the grace.</summary>
    internal async Task StopAsync(TimeSpan grace, CancellationToken killNow)
    {
        if (!_exited.IsCompleted)
        {
            AskToEnd();
        }
        try
        {
            await _exited.WaitAsync(grace, killNow).ConfigureAwait(false);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            Kill();
            await _exited.ConfigureAwait(false);
        }
    }

    internal void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: false);
        }
        catch (InvalidOperationException)
        {
            // It has ended in the meantime, which is what is wanted.
        }
    }

    public void Dispose() => _process.Dispose();

    private static async Task PumpAsync(StreamReader from, Action<string> onLine)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            onLine(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    private void AskToEnd()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no polite way that reaches a process without a window or a console of its
            // own.
            Kill();
        }
        else
        {
            try
            {
                // Until the exit has been noticed the id cannot belong to another process.
                if (!_process.HasExited)
                {
                    _ = SendSignal(Id, SigTerm);
                }
            }
            catch (InvalidOperationException)
            {
                // It has ended in the meantime, which is what is wanted.
            }
        }
    }

    private async Task<int> WaitForExitAsync(Task lastLines)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        // A grandchild that inherited the pipes may keep them open for ever.
        await Task.WhenAny(lastLines, Task.Delay(LastLinesTimeMax)).ConfigureAwait(false);
        return _process.ExitCode;
    }
}
