using System.Collections.Concurrent;
using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>How much memory each service takes at most, against a bound that it has no reason to come near.</summary>
internal sealed class MemoryWatch(ChaosBank bank, EventLog log)
{
    private const long BoundMib = 1_024;
    private const long Mib = 1_024 * 1_024;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    /// <summary>Whose memory is watched.</summary>
    public static readonly IReadOnlyList<string> Services =
        [ChaosBank.CommandService, ChaosBank.ProjectionService, ChaosBank.QueryService];

    private readonly ConcurrentDictionary<string, long> peaks = new();

    /// <summary>Looks until it is cancelled, and then notes the peaks.</summary>
    public async Task WatchAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            foreach (var service in Services)
            {
                var size = ResidentMib(bank, service);
                peaks.AddOrUpdate(service, size, (_, before) => Math.Max(before, size));
            }
            await Task.Delay(Pace, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        foreach (var (service, peak) in peaks)
        {
            log.Note(new { Event = "memory", Service = service, PeakMib = peak, BoundMib });
        }
    }

    /// <summary>The memory of the service's largest process, in MiB; 0 if none runs.</summary>
    public static long ResidentMib(ChaosBank bank, string service) => bank.Replicas.Running(service)
        .SelectMany(one => Signals.TreeOf(one.ProcessId))
        .Select(ResidentBytes)
        .DefaultIfEmpty()
        .Max() / Mib;

    private static long ResidentBytes(int processId)
    {
        try
        {
            var statm = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/statm"));
            return long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
