using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Health;

/// <summary>
/// Asks the health checks of each resource that runs, and publishes <see cref="ResourceReadyEvent"/> when the first
/// replica is healthy.
/// </summary>
internal sealed partial class ResourceHealthMonitor(
    ResourceNotificationService notifications,
    HealthCheckService checks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    ILogger<ResourceHealthMonitor> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<IResource, Watch> _watches = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                Note(change, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            foreach (var watch in _watches.Values)
            {
                await watch.EndAsync().ConfigureAwait(false);
            }
        }
    }

    private void Note(ResourceEvent change, CancellationToken stoppingToken)
    {
        var resource = change.Resource;
        var running = change.Snapshot.State?.Text == KnownResourceStates.Running;
        if (_watches.TryGetValue(resource, out var watch))
        {
            watch.Note(change);
            if (!running && !AnyRuns(resource) && _watches.TryRemove(resource, out _))
            {
                watch.Stop();
            }
        }
        else if (running)
        {
            watch = new Watch(resource, stoppingToken);
            watch.Note(change);
            _watches[resource] = watch;
            watch.Loop = Task.Run(() => RunAsync(watch), CancellationToken.None);
        }
    }

    private bool AnyRuns(IResource resource)
        => resource.GetResolvedResourceNames().Any(id => notifications.TryGetCurrentState(id, out var current)
            && current.Snapshot.State?.Text is { } state
            && (state == KnownResourceStates.Running || state == KnownResourceStates.Stopping));

    private async Task RunAsync(Watch watch)
    {
        var resource = watch.Resource;
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToHashSet();
        Task? ready = null;
        var failures = 0;
        try
        {
            while (!watch.Token.IsCancellationRequested)
            {
                if (keys.Count > 0)
                {
                    var healthy = await CheckAsync(resource, keys, watch.Token)
                        .ConfigureAwait(false);
                    failures = healthy ? 0 : failures + 1;
                }
                if (HealthyReplicas(resource) is { Length: > 0 } replicas)
                {
                    ready ??= PublishReadyAsync(resource, watch.Token);
                    await ShareReadyAsync(resource, replicas, ready).ConfigureAwait(false);
                }
                await watch.DelayAsync(HealthPauses.After(failures, keys.Count > 0))
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (watch.Token.IsCancellationRequested)
        {
            // Nothing of the resource runs any more.
        }
    }

    private async Task<bool> CheckAsync(
        IResource resource, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var report = await AskAsync(keys, cancellationToken).ConfigureAwait(false);
        var time = DateTime.UtcNow;
        foreach (var id in resource.GetResolvedResourceNames())
        {
            await notifications.PublishUpdateAsync(
                resource, id,
                state => state.State?.Text == KnownResourceStates.Running
                    ? HealthReports.Merge(state, id, report, time)
                    : state).ConfigureAwait(false);
        }
        return report.Status == HealthStatus.Healthy;
    }

    private async Task<HealthReport> AskAsync(
        HashSet<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            return await checks.CheckHealthAsync(check => keys.Contains(check.Name), cancellationToken)
                .ConfigureAwait(false);
        }
        // A check that cannot even be made is the AppHost's own code, and the resource is not well
        // then.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            var entry = new HealthReportEntry(
                HealthStatus.Unhealthy, "The health check cannot be made.", TimeSpan.Zero, failure, data: null);
            return new HealthReport(keys.ToDictionary(key => key, _ => entry), TimeSpan.Zero);
        }
    }

    private string[] HealthyReplicas(IResource resource)
        => [.. resource.GetResolvedResourceNames().Where(id =>
            notifications.TryGetCurrentState(id, out var current)
            && current.Snapshot.HealthStatus == HealthStatus.Healthy)];

    private async Task PublishReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        // The loop goes on while subscribers do their work.
        await Task.Yield();
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogReadyFailed(resource.Name, failure);
            throw;
        }
    }

    private async Task ShareReadyAsync(IResource resource, string[] replicas, Task ready)
    {
        foreach (var id in replicas)
        {
            if (notifications.TryGetCurrentState(id, out var current) && current.Snapshot.ResourceReady is null)
            {
                await notifications.PublishUpdateAsync(resource, id, state => state with { ResourceReady = ready })
                    .ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A subscriber of ResourceReadyEvent of '{ResourceName}' failed")]
    private partial void LogReadyFailed(string resourceName, Exception failure);
}
