using System.Collections.Concurrent;
using BankAccounts.ProjectionService.Log;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService;

/// <summary>
/// The projectors of the partitions that this process owns. It starts and stops them as the consumer
/// group says, and is the health check that fails while one of them, or a channel towards it,
/// is halted or behind.
/// </summary>
public sealed class ProjectorGroup(
    Func<PartitionFeed, PartitionProjector> create,
    IOptions<ProjectionOptions> options) : IHealthCheck
{
    private readonly ConcurrentDictionary<int, Running> running = new();
    private volatile bool hasJoined;

    /// <summary>The projectors that run now.</summary>
    public IEnumerable<PartitionProjector> Projectors => running.Values.Select(one => one.Projector);

    /// <summary>Whether a partition is halted that only a newer build can go on with.</summary>
    public bool NeedNewerBuild => running.Values.Any(one => one.Projector.NeedsNewerBuild);

    /// <summary>The consumer group has taken this process in, perhaps without a partition for it.</summary>
    public void Joined() => hasJoined = true;

    /// <summary>Begins to fold a partition.</summary>
    public void Start(PartitionFeed feed)
    {
        Stop([feed.Partition]);
        var projector = create(feed);
        var stop = new CancellationTokenSource();
        var task = Task.Run(() => projector.RunAsync(stop.Token));
        running[feed.Partition] = new Running(projector, stop, task);
    }

    /// <summary>
    /// Stops folding partitions. Waits a bounded time for commits under way; one that is still
    /// outstanding then is refused if another owner was faster.
    /// </summary>
    public void Stop(IReadOnlyCollection<int> partitions)
    {
        var stopped = new List<Running>();
        foreach (var partition in partitions)
        {
            if (running.TryRemove(partition, out var one))
            {
                one.Stop.Cancel();
                stopped.Add(one);
            }
        }
        Task.WaitAll([.. stopped.Select(one => one.Task)], options.Value.DrainTimeout);
    }

    /// <summary>The confirmed positions that changed since they were last asked for.</summary>
    public IEnumerable<(int Partition, long Position)> TakeConfirmed()
    {
        foreach (var (partition, one) in running)
        {
            if (one.Projector.ConfirmedPosition is var position && position > one.Reported)
            {
                one.Reported = position;
                yield return (partition, position);
            }
        }
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var halts = running.Values
            .SelectMany(one => new[] { one.Projector.Halted, one.Projector.HaltedChannels })
            .OfType<string>()
            .ToList();
        return Task.FromResult(
            halts.Count > 0 ? HealthCheckResult.Unhealthy(string.Join(' ', halts))
            : !hasJoined ? HealthCheckResult.Unhealthy("The consumer group has not taken this process in yet.")
            : !running.Values.All(one => one.Projector.HasBegun) ? HealthCheckResult.Unhealthy(
                "A partition that is owned is not being folded yet.")
            : running.Values.Any(one => one.Projector.IsBehind) ? HealthCheckResult.Unhealthy(
                "A partition that is owned is being folded up to where it stood before.")
            : HealthCheckResult.Healthy());
    }

    private sealed record Running(PartitionProjector Projector, CancellationTokenSource Stop, Task Task)
    {
        public long Reported { get; set; }
    }
}
