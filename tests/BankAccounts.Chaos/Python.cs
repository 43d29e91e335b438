using System.Diagnostics;
using BankAccounts.Tests.Files;

namespace BankAccounts.Chaos;

/// <summary>The programs of the folder checker. Debian's packages are for Debian's own python3.</summary>
internal static class Python
{
    private const string Debians = "/usr/bin/python3";

    /// <summary>Runs one and gives its exit code and all that it printed.</summary>
    /// <exception cref="ChaosException">It takes too long.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(TimeSpan patience, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            File.Exists(Debians) ? Debians : "python3",
            [RepositoryFiles.PathOf("tests", "BankAccounts.Chaos", "checker", arguments[0]), .. arguments[1..]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What it compiles would lie about in the source tree.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start) ?? throw new ChaosException("python3 cannot be started.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var time = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new ChaosException($"{arguments[0]} did not end within {patience}.", late);
        }
        return (process.ExitCode, await output + await errors);
    }
}
