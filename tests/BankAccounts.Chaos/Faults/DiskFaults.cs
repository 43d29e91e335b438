using System.Diagnostics;
using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>
/// A broker's disk fails or is slow: strace makes its system calls do so. A broker that gives up because of it is
/// started again.
/// </summary>
internal sealed class BadDisk(string name, string calls, string injection, string what) : BrokerFault
{
    public static readonly BadDisk Failing = new(
        "disk-errors", "fsync,fdatasync", "error=EIO:when=1+2", "every second fsync failed with EIO");

    public static readonly BadDisk Slow = new(
        "disk-slow", "fsync,fdatasync,write,pwrite64,writev,pwritev", "delay_enter=20000:when=1+5",
        "every fifth write or fsync took 20 ms more");

    private static readonly TimeSpan DetachWithin = TimeSpan.FromSeconds(10);

    public override string Name => name;

    public override string Tool => "strace";

    protected override async Task<string> StrikeAsync(World world, Random random, CancellationToken hurry)
    {
        var (id, processId) = world.Bank.Replicas.Running(Leader(world.Bank, random)).Single();
        var java = Signals.TreeOf(processId)[^1];
        using var strace = Process.Start(new ProcessStartInfo(
            "strace",
            [
                "-f", "-qq", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:{injection}",
                "-p", java.ToString(CultureInfo.InvariantCulture),
            ])
        {
            RedirectStandardError = true,
        }) ?? throw new ChaosException("strace cannot be started.");
        var complaints = strace.StandardError.ReadToEndAsync(CancellationToken.None);
        var exited = strace.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAny(exited, LastAsync(Seconds(random, 5, 10), hurry));
        var ended = strace.HasExited && strace.ExitCode != 0;
        if (!strace.HasExited)
        {
            await Signals.SendAsync(strace.Id, "TERM");
            await Task.WhenAny(exited, LastAsync(DetachWithin, CancellationToken.None));
            // It may wait for ever for threads of a broker that has died, which nobody is told of meanwhile.
            strace.Kill();
            await exited;
        }
        await world.Bank.Replicas.StartAsync(id);
        return ended ? $"nothing: strace said {(await complaints).Trim()}" : $"{id}: {what}";
    }
}
