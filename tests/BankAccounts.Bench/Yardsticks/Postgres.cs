using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>
/// A PostgreSQL of its own, on a Unix socket in a folder that is thrown away, measured by pgbench. As root it is run
/// as the user <c>postgres</c>, because it refuses to be run as root.
/// </summary>
internal sealed partial class Postgres : IDisposable
{
    /// <summary>With fewer branches than clients, these would wait for each other.</summary>
    private const int Scale = 32;

    private const int Clients = 32;

    private readonly string programs;
    private readonly string folder;

    private Postgres(string programs, string folder) => (this.programs, this.folder) = (programs, folder);

    private string Data => Path.Combine(folder, "data");

    /// <summary>The version of the server.</summary>
    public string Version { get; private set; } = string.Empty;

    /// <summary>Where Debian keeps the newest one's programs; null if there is none.</summary>
    public static string? Programs() =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "pgbench")))
            .MaxBy(bin => bin, StringComparer.Ordinal);

    /// <summary>Starts one and fills it.</summary>
    /// <exception cref="BenchException">It is not installed, or does not start.</exception>
    public static async Task<Postgres> StartAsync(string folder)
    {
        var programs = Programs()
            ?? throw new BenchException("There is no PostgreSQL with pgbench: run ./bank setup --bench.");
        var postgres = new Postgres(programs, folder);
        Directory.CreateDirectory(folder);
        if (IsRoot)
        {
            await RunAsync("chown", ["postgres", folder]);
        }
        await postgres.AsOwnerAsync("initdb", "-D", postgres.Data, "--auth=trust", "-U", "postgres", "--no-sync");
        await postgres.AsOwnerAsync(
            "pg_ctl", "-D", postgres.Data, "-w", "-s", "-l", Path.Combine(folder, "log"), "start",
            "-o", $"-k {folder} -c listen_addresses='' -c shared_buffers=512MB -c max_wal_size=4GB");
        postgres.Version = (await postgres.AsOwnerAsync("postgres", "--version")).Trim();
        await postgres.AsOwnerAsync("pgbench", [
            "-h", folder, "-U", "postgres", "-i", "-q", "-I", "dtgvp", "-s", Number(Scale), "postgres"]);
        return postgres;
    }

    /// <summary>Transactions a second of one of pgbench's scripts.</summary>
    /// <param name="arguments">Which script, and how.</param>
    /// <param name="synchronousCommit">Whether a commit waits until the disk has it.</param>
    /// <param name="duration">At least a second.</param>
    public async Task<Sample> RunAsync(string[] arguments, bool synchronousCommit, TimeSpan duration)
    {
        var seconds = Math.Max(1, (int)duration.TotalSeconds);
        var said = await AsOwnerAsync("env", [
            $"PGOPTIONS=-c synchronous_commit={(synchronousCommit ? "on" : "off")}",
            Path.Combine(programs, "pgbench"), "-h", folder, "-U", "postgres", "-n", "-c", Number(Clients),
            "-j", "2", "-T", Number(seconds), .. arguments, "postgres"]);
        var perSecond = double.Parse(TransactionsPerSecond().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
        return new Sample(perSecond, (long)(perSecond * seconds));
    }

    public void Dispose()
    {
        try
        {
            AsOwnerAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "-s", "stop").GetAwaiter().GetResult();
        }
        catch (BenchException)
        {
            // It has ended already.
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private Task<string> AsOwnerAsync(string program, params string[] arguments)
    {
        var path = File.Exists(Path.Combine(programs, program)) ? Path.Combine(programs, program) : program;
        return IsRoot
            ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        var outputs = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? outputs[0]
            : throw new BenchException($"{program} {string.Join(' ', arguments)} failed: {string.Concat(outputs)}");
    }

    [GeneratedRegex(@"^tps = ([\d.]+)", RegexOptions.Multiline)]
    private static partial Regex TransactionsPerSecond();
}
