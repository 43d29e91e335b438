using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using BankAccounts.Tests.Files;

namespace BankAccounts.Bench.Processes;

/// <summary>
/// The whole bank as <c>./bank up</c> runs it: the built AppHost as a process of its own, on random ports and with
/// its data in a folder of its own. Its processes are known by a mark in the environment, which all inherit, or by
/// their working folder; where each replica listens and what Kafka and Redis are called stands in the environment
/// that the AppHost gave it.
/// </summary>
internal sealed class BankUnderTest : IAsyncDisposable
{
    private const string MarkName = "BANK_BENCH_MARK";

    private static readonly TimeSpan StartWithin = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);

    private readonly string mark = Guid.NewGuid().ToString("N");
    private readonly string folder;
    private readonly Process process;
    private readonly Queue<string> lastLines = new();
    private readonly Dictionary<string, string> announced = [];
    private readonly TaskCompletionSource ended = new();

    private BankUnderTest(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        this.folder = folder;
        var start = new ProcessStartInfo(
            "dotnet", [Program(), "--data", folder, "--announce=true", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[MarkName] = mark;
        start.Environment["DcpPublisher__RandomizePorts"] = "true";
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        start.Environment["ASPNETCORE_URLS"] = "http://localhost:0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => ended.TrySetResult();
    }

    /// <summary>The processes of the bank.</summary>
    public IReadOnlyList<BankProcess> Processes { get; private set; } = [];

    /// <summary>The addresses of a service's replicas, without anything in between.</summary>
    public IReadOnlyList<Uri> ReplicasOf(string service) =>
        [.. Of(service).Select(replica => new Uri(replica.Endpoint("http")!))];

    /// <summary>The address of a service behind the AppHost's proxy.</summary>
    public Uri ProxyOf(string service)
    {
        lock (announced)
        {
            return new Uri(announced[service]);
        }
    }

    /// <summary>A variable that the AppHost gave to a service.</summary>
    public string Variable(string service, string name) => Of(service).First().Environment[name];

    /// <summary>The processes of one kind.</summary>
    public IEnumerable<BankProcess> Of(string kind) => Processes.Where(one => one.Kind == kind);

    /// <summary>Starts a bank and waits until every replica is healthy.</summary>
    public static async Task<BankUnderTest> StartAsync(
        string folder, BenchOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var bank = new BankUnderTest(folder, options.BankArguments(), environment);
        try
        {
            await bank.StartAsync(options);
            return bank;
        }
        catch
        {
            await bank.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-s", "TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await Task.WhenAny(ended.Task, Task.Delay(StopWithin));
        }
        if (!process.HasExited)
        {
            process.Kill();
        }
        // Nothing may be left behind, however the AppHost ended.
        foreach (var left in Find())
        {
            ProcessEnd.Kill(left.Id);
        }
        process.Dispose();
    }

    private async Task StartAsync(BenchOptions options)
    {
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(StartWithin);
        while (!AllAnnounced() || !await AllHealthyAsync(options, patience.Token))
        {
            if (process.HasExited || patience.IsCancellationRequested)
            {
                throw new BenchException("The bank did not start. Its last words:\n" + LastWords());
            }
            await Task.Delay(200);
        }
        Processes = Find();
    }

    private bool AllAnnounced()
    {
        lock (announced)
        {
            return announced.Count == 3;
        }
    }

    private async Task<bool> AllHealthyAsync(BenchOptions options, CancellationToken cancellation)
    {
        var services = Find().Where(found => found.Endpoint("health") is not null).ToList();
        if (services.Count < options.CommandServices + options.Projectors + 1)
        {
            return false;
        }
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        foreach (var service in services)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"{service.Endpoint("health")}/health"), cancellation);
                if (!answer.IsSuccessStatusCode)
                {
                    return false;
                }
            }
            catch (Exception notYet) when (notYet is HttpRequestException or SocketException or TaskCanceledException)
            {
                return false;
            }
        }
        return true;
    }

    private List<BankProcess> Find()
    {
        var found = new List<BankProcess>();
        foreach (var id in ProcessTable.Ids())
        {
            var environment = ProcessTable.EnvironmentOf(id);
            if (environment.GetValueOrDefault(MarkName) != mark
                && ProcessTable.WorkingFolderOf(id)?.StartsWith(folder, StringComparison.Ordinal) != true)
            {
                continue;
            }
            var kind = id == process.Id ? "apphost" : BankProcess.KindOf(ProcessTable.CommandLineOf(id));
            if (kind is not null)
            {
                found.Add(new BankProcess(kind, id, environment));
            }
        }
        return found;
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (announced)
        {
            lastLines.Enqueue(line);
            if (lastLines.Count > 20)
            {
                lastLines.Dequeue();
            }
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var service, var address]
                && service.EndsWith("-service", StringComparison.Ordinal)
                && address.StartsWith("http://", StringComparison.Ordinal))
            {
                announced[service] = address;
            }
        }
    }

    private string LastWords()
    {
        lock (announced)
        {
            return string.Join('\n', lastLines);
        }
    }

    /// <summary>The AppHost's own output, of the same configuration as this program.</summary>
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return RepositoryFiles.PathOf(
            "BankAccounts.AppHost", "bin", output.Parent!.Name, output.Name, "BankAccounts.AppHost.dll");
    }
}
