using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using BankAccounts.Bench.Report;

namespace BankAccounts.Bench;

/// <summary>What <c>./bank bench</c> does, from the options to the files.</summary>
internal static class BenchCommand
{
    private const int Interrupted = 130;

    /// <returns>The exit code: 0 if the ledger is right.</returns>
    public static async Task<int> RunAsync(BenchOptions options)
    {
        if (options.Help)
        {
            Console.WriteLine(BenchOptions.Usage);
            return 0;
        }
        if (options.List)
        {
            Console.WriteLine(string.Join('\n', Plan.Names));
            return 0;
        }
        if (options.Only.FirstOrDefault(name => !Plan.Names.Contains(name)) is { } unknown)
        {
            throw new BenchException($"There is no {unknown}. ./bank bench --list names them all.");
        }
        if (typeof(BenchCommand).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            throw new BenchException("A Debug build is not measured. ./bank bench builds a Release.");
        }
        return await MeasureAsync(options);
    }

    private static async Task<int> MeasureAsync(BenchOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchException("What processes cost is read from /proc: this needs Linux.");
        }
        // What was started has to be stopped, whatever ends the run.
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = Directory.CreateTempSubdirectory("bank-bench-");
        // PostgreSQL runs as another user in a folder below.
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            Console.WriteLine("Starting the bank");
            await using var session = await Session.StartAsync(folder.FullName, options);
            var run = new BenchRun(options, session).RunAsync();
            if (await Task.WhenAny(run, interrupted.Task) != run)
            {
                Console.WriteLine("Stopping");
                return Interrupted;
            }
            var report = await run;
            Console.WriteLine(TextReport.Of(report));
            foreach (var file in ReportFiles.Write(report))
            {
                Console.WriteLine($"Written: {file}");
            }
            return report.Check.IsRight ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.TrySetResult();
        }
    }
}
