using BankAccounts.ServiceDefaults;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Rebuilding;

/// <summary>
/// Removes keys of old generations in the background: when a partition gets a new owner, which finds what
/// crashed rebuilds left behind, and some time after a rebuild.
/// </summary>
public sealed partial class GenerationCleaner(
    IConnectionMultiplexer redis, IOptions<BankOptions> bank, ILogger<GenerationCleaner> logger)
    : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);

    private readonly Lock gate = new();
    private readonly Dictionary<int, DateTime> due = [];

    /// <summary>Asks for a partition to be looked at after a time.</summary>
    public void Request(int partition, TimeSpan after)
    {
        var when = DateTime.UtcNow + after;
        lock (gate)
        {
            due[partition] = due.TryGetValue(partition, out var sooner) && sooner < when ? sooner : when;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var partition in TakeDue())
            {
                await CleanAsync(partition, stoppingToken);
            }
        }
    }

    private async Task CleanAsync(int partition, CancellationToken cancellation)
    {
        try
        {
            var (removed, later) = await GenerationSweeper.SweepAsync(
                redis.GetDatabase(), partition, bank.Value.RedisTimeout, cancellation);
            if (removed > 0)
            {
                LogRemoved(partition, removed);
            }
            if (later > 0)
            {
                Request(partition, LookAgain);
            }
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            LogFailed(partition, away.Message);
            Request(partition, LookAgain);
        }
    }

    private List<int> TakeDue()
    {
        lock (gate)
        {
            var now = DateTime.UtcNow;
            var partitions = due.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList();
            partitions.ForEach(partition => due.Remove(partition));
            return partitions;
        }
    }

    [LoggerMessage(EventId = 2301, Level = LogLevel.Information,
        Message = "Partition {Partition}: removed {Keys} keys of old generations.")]
    private partial void LogRemoved(int partition, long keys);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Warning,
        Message = "Partition {Partition}: old generations could not be removed ({Reason}); trying again.")]
    private partial void LogFailed(int partition, string reason);
}
