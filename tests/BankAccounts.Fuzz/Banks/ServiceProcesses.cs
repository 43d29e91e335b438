using System.Collections.Concurrent;
using System.Globalization;
using Aspire.Hosting;
using BankAccounts.Chaos;

namespace BankAccounts.Fuzz;

/// <summary>The processes of the services: none may end, and their memory is bounded and does not creep.</summary>
internal sealed class ServiceProcesses : IAsyncDisposable
{
    /// <summary>I10 of docs/RELIABILITY.md.</summary>
    private const long BoundMib = 1_024;

    /// <summary>How much more a service may have at the end of a run than in its middle: its caches fill meanwhile.</summary>
    private const long CreepMib = 256;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Replicas replicas;
    private readonly string[] names;
    private readonly CancellationTokenSource disposed = new();
    private readonly Task following;
    private readonly ConcurrentDictionary<string, List<long>> residentMib = new();
    private Dictionary<string, int> before = [];

    public ServiceProcesses(DistributedApplication app, string[] names)
    {
        this.names = names;
        replicas = new Replicas(app);
        following = replicas.FollowAsync(disposed.Token);
    }

    /// <summary>The replicas, by the names that the AppHost gives them.</summary>
    public IReadOnlyCollection<string> Ids => before.Keys;

    /// <summary>Waits until all replicas are healthy, and notes which processes they are.</summary>
    public async Task LookAsync()
    {
        await Tests.Servers.Eventually.BecomesTrue(
            () => Task.FromResult(names.All(name => replicas.IdsOf(name).Count > 0)), "all services are known");
        await replicas.HealAsync(names);
        before = Running();
    }

    /// <summary>Looks at their memory until it is told to stop.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var (id, process) in Running())
            {
                residentMib.GetOrAdd(id, _ => []).Add(Signals.TreeOf(process).Max(ResidentMib));
            }
            await Task.Delay(Pace, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A line for each replica: its memory at the start, at its peak, and at the end, in MiB.</summary>
    public IEnumerable<string> Memory() => residentMib.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one =>
        string.Create(CultureInfo.InvariantCulture, $"{one.Key}: {one.Value[0]}, peak {one.Value.Max()}, end {one.Value[^1]} MiB"));

    /// <summary>Notes every process that ended, and every one that took too much memory.</summary>
    public void Check(Findings findings)
    {
        var now = Running();
        foreach (var (id, process) in before.Where(one => now.GetValueOrDefault(one.Key) != one.Value))
        {
            findings.Add($"{id} (process {process}) ended");
        }
        foreach (var (id, sizes) in residentMib)
        {
            if (sizes.Max() > BoundMib)
            {
                findings.Add($"{id} took {sizes.Max()} MiB, more than {BoundMib}");
            }
            if (sizes[^1] > sizes.Take((sizes.Count / 2) + 1).Max() + CreepMib)
            {
                findings.Add($"{id} has {sizes[^1]} MiB at the end, {CreepMib} more than in the first half");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await disposed.CancelAsync();
        await following;
        disposed.Dispose();
    }

    private Dictionary<string, int> Running() =>
        names.SelectMany(replicas.Running).ToDictionary(one => one.Id, one => one.ProcessId);

    private static long ResidentMib(int processId)
    {
        try
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status"))
                .FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1_024;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
