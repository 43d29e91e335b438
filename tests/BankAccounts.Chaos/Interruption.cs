using System.Runtime.InteropServices;

namespace BankAccounts.Chaos;

/// <summary>Somebody wants the run to stop, by Ctrl-C or SIGTERM: it cleans up before it ends.</summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>The exit code of a run that was stopped.</summary>
    public const int ExitCode = 130;

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;

    public Interruption()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        Console.WriteLine("Stopping");
        source.Cancel();
    }
}
