using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>
/// Stops the service if Redis may evict: a key that goes silently would make the answers wrong without
/// anybody noticing. It asks until Redis answers, and once more with each new connection.
/// </summary>
public sealed partial class EvictionGuard(
    IConnectionMultiplexer redis,
    IOptions<BankOptions> bank,
    IHostApplicationLifetime lifetime,
    ILogger<EvictionGuard> logger) : BackgroundService
{
    private const string Required = "noeviction";

    private static readonly RedisScript EvictionScript = new(typeof(EvictionGuard), "eviction.lua");

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource isFit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when Redis was found to keep what it is given.</summary>
    public Task Checked => isFit.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var reconnected = new SemaphoreSlim(1);
        redis.ConnectionRestored += (_, _) => reconnected.Release();
        while (true)
        {
            await reconnected.WaitAsync(stoppingToken);
            while (await PoliciesAsync(stoppingToken) is not { Count: > 0 } policies
                || !Accept(policies))
            {
                await Task.Delay(RetryDelay, stoppingToken);
            }
        }
    }

    private bool Accept(List<string> policies)
    {
        if (policies.Find(policy => policy != Required) is { } wrong)
        {
            LogWrongPolicy(wrong);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
            return false;
        }
        isFit.TrySetResult();
        return true;
    }

    /// <summary>The eviction policies of all partitions' servers; none if one does not answer.</summary>
    private async Task<List<string>> PoliciesAsync(CancellationToken cancellation)
    {
        try
        {
            var policies = new List<string>();
            for (var partition = 0; partition < bank.Value.PartitionCount; partition++)
            {
                var policy = await EvictionScript.EvaluateAsync(
                    redis.GetDatabase(),
                    [RedisKeys.Root(partition)],
                    [],
                    bank.Value.RedisTimeout,
                    cancellation);
                policies.Add((string?)policy ?? "unknown");
            }
            return policies;
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            return [];
        }
    }

    [LoggerMessage(EventId = 2201, Level = LogLevel.Critical,
        Message = "Redis has maxmemory-policy {Policy}; it must be noeviction: a bank does not lose keys silently.")]
    private partial void LogWrongPolicy(string policy);
}
