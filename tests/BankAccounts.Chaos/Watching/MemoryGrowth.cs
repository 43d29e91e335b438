using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>By how much the memory of each service grows from now on, at most.</summary>
internal sealed class MemoryGrowth(ChaosBank bank)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, long> before =
        MemoryWatch.Services.ToDictionary(service => service, service => MemoryWatch.ResidentMib(bank, service));

    private readonly Dictionary<string, long> most = [];

    /// <summary>The growth of the service that grew most.</summary>
    public long MostMib => most.Max(one => one.Value - before[one.Key]);

    /// <summary>Looks until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken end)
    {
        do
        {
            foreach (var service in MemoryWatch.Services)
            {
                most[service] = Math.Max(
                    most.GetValueOrDefault(service), MemoryWatch.ResidentMib(bank, service));
            }
            await Task.Delay(Pace, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!end.IsCancellationRequested);
    }

    public override string ToString() => string.Join(", ", most.Select(one => string.Create(
        CultureInfo.InvariantCulture, $"{one.Key} {before[one.Key]} to {one.Value} MiB")));
}
