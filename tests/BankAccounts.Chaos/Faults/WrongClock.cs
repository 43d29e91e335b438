using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BankAccounts.Chaos;

/// <summary>
/// One more replica of a service runs for a while, whose clock is put an hour ahead or back when it is healthy
/// (libfaketime). One of CommandService is given commands of its own.
/// </summary>
/// <remarks>
/// The kernel keeps the right time, and the Kafka client waits for it by the time of day: with a wrong clock from the
/// beginning it mostly takes its own threads for lost.
/// </remarks>
internal sealed class WrongClock(string service) : Fault
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    /// <summary>Debian's library, for programs of many threads; null if it is not there.</summary>
    public static string? Library => Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    public override string Name => $"clock-{service}";

    public override string Tool => "faketime";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var shift = random.Next(2) == 0 ? "+1h" : "-1h";
        var running = world.Bank.Replicas.Running(service);
        if (running.Count == 0)
        {
            return "nothing: no replica runs";
        }
        var address = new Uri($"http://localhost:{FreePort()}");
        var health = new Uri($"http://localhost:{FreePort()}");
        var clock = Path.GetTempFileName();
        await File.WriteAllTextAsync(clock, "+0", CancellationToken.None);
        using var replica = StartLike(Signals.TreeOf(running[0].ProcessId)[^1], address, health, clock);
        try
        {
            if (!await IsHealthyAsync(health, replica))
            {
                return $"nothing: one more {service} was not healthy in time";
            }
            await File.WriteAllTextAsync(clock, shift, CancellationToken.None);
            using var lasting = CancellationTokenSource.CreateLinkedTokenSource(hurry);
            lasting.CancelAfter(Seconds(random, 4, 8));
            if (service == ChaosBank.CommandService)
            {
                var client = new UnaryClient(
                    random.Next(1_000, 1_000_000), address, world.Bank.QueryAddress, world.Population, world.Log,
                    random.Next());
                await client.RunAsync(Pause, lasting.Token);
            }
            else
            {
                await LastAsync(StartWithin, lasting.Token);
            }
        }
        finally
        {
            replica.Kill();
            await replica.WaitForExitAsync(CancellationToken.None);
            File.Delete(clock);
        }
        return $"put the clock of one more {service} to {shift}";
    }

    private static Process StartLike(int processId, Uri address, Uri health, string clock)
    {
        var proc = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        var command = Parts($"{proc}/cmdline");
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = new DirectoryInfo($"{proc}/cwd").LinkTarget!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var pair in Parts($"{proc}/environ").Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2))
        {
            start.Environment[pair[0]] = pair[1];
        }
        start.Environment["Kestrel__Endpoints__http__Url"] = address.ToString();
        start.Environment["Kestrel__Endpoints__health__Url"] = health.ToString();
        start.Environment["LD_PRELOAD"] = Library;
        start.Environment["FAKETIME_TIMESTAMP_FILE"] = clock;
        start.Environment["FAKETIME_CACHE_DURATION"] = "1"; // seconds
        // Only the time of day is wrong: no clock goes another way while a machine runs.
        start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        var process = Process.Start(start) ?? throw new ChaosException($"{command[0]} cannot be started.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<bool> IsHealthyAsync(Uri health, Process replica)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < StartWithin && !replica.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(health, "/health"));
                if (answer.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                // It is asked again.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
        return false;
    }

    private static string[] Parts(string file) =>
        File.ReadAllText(file).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
