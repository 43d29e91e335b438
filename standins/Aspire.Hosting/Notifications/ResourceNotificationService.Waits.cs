using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    private WaitBehavior DefaultWaitBehavior
        => _services.GetService<IOptions<ResourceNotificationServiceOptions>>()?.Value.DefaultWaitBehavior
            ?? WaitBehavior.StopOnResourceUnavailable;

    /// <param name="resourceName">The resource's name.</param>
    /// <param name="targetState">Running if not given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">
    /// The wait was ended, or the application stops. The message has the resource's state.
    /// </exception>
    public Task WaitForResourceAsync(
        string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
        => WaitForResourceAsync(
            resourceName,
            [string.IsNullOrEmpty(targetState) ? KnownResourceStates.Running : targetState],
            cancellationToken);

    /// <returns>The state that was reached.</returns>
    /// <inheritdoc cref="WaitForResourceAsync(string, string?, CancellationToken)"/>
    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToArray();
        var reached = await WaitAsync(
            resourceName,
            change => change.Snapshot.State?.Text is { } state
                && wanted.Contains(state, StringComparer.OrdinalIgnoreCase),
            $"reach one of the target states: [{string.Join(", ", wanted)}]",
            cancellationToken).ConfigureAwait(false);
        return reached.Snapshot.State!.Text;
    }

    /// <inheritdoc cref="WaitForResourceAsync(string, string?, CancellationToken)"/>
    public Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
        => WaitAsync(resourceName, predicate, "meet the condition", cancellationToken);

    /// <summary>
    /// Waits until one replica is healthy and the subscribers of ResourceReadyEvent have returned.
    /// </summary>
    /// <inheritdoc cref="WaitForResourceAsync(string, string?, CancellationToken)"/>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, CancellationToken cancellationToken = default)
        => WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>
    /// Waits until one replica is healthy and the subscribers of ResourceReadyEvent have returned.
    /// </summary>
    /// <exception cref="DistributedApplicationException">
    /// A replica ended or did not start, and the behaviour is to stop then.
    /// </exception>
    /// <inheritdoc cref="WaitForResourceAsync(string, string?, CancellationToken)"/>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var found = await WaitAsync(
            resourceName,
            change => change.Snapshot.HealthStatus == HealthStatus.Healthy
                || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsUnavailable(change.Snapshot)),
            "become healthy",
            cancellationToken).ConfigureAwait(false);
        if (found.Snapshot.HealthStatus != HealthStatus.Healthy)
        {
            throw new DistributedApplicationException(
                $"Stopped waiting for resource '{resourceName}' to become healthy because it failed to start.");
        }
        return await WaitUntilReadyAsync(resourceName, found.ResourceId, cancellationToken)
            .ConfigureAwait(false);
    }

    internal static bool IsUnavailable(CustomResourceSnapshot snapshot)
        => snapshot.State?.Text is { } state
            && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy);

    internal async Task<ResourceEvent> WaitUntilReadyAsync(
        string resourceName, string resourceId, CancellationToken cancellationToken)
    {
        var ready = await WaitAsync(
            resourceName,
            change => change.ResourceId == resourceId && change.Snapshot.ResourceReady is not null,
            "execute the resource ready event",
            cancellationToken).ConfigureAwait(false);
        await ready.Snapshot.ResourceReady!.WaitAsync(cancellationToken).ConfigureAwait(false);
        return ready;
    }

    internal async Task<ResourceEvent> WaitAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, string aim, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            await foreach (var change in WatchAsync(end.Token).ConfigureAwait(false))
            {
                if (IsNamed(change.Resource, resourceName) && predicate(change))
                {
                    return change;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Said again below, with what is known about the resource.
        }
        throw new OperationCanceledException(
            $"Resource '{resourceName}' failed to {aim} before the operation was cancelled. {Describe(resourceName)}",
            cancellationToken.IsCancellationRequested ? cancellationToken : _disposing.Token);
    }

    private string Describe(string resourceName)
    {
        lock (_lock)
        {
            var states = _entries.Where(pair => IsNamed(pair.Value.Resource, resourceName)).Select(pair =>
                $"{pair.Key}: {pair.Value.Snapshot.State?.Text ?? "no state"}"
                + $", health {pair.Value.Snapshot.HealthStatus?.ToString() ?? "unknown"}"
                + string.Concat(pair.Value.Snapshot.HealthReports
                    .Where(report => report.Status != HealthStatus.Healthy)
                    .Select(report => $", {report.Name} {report.Status}: {report.Description}")));
            return "Last seen: " + string.Join("; ", states.DefaultIfEmpty("nothing of this name")) + ".";
        }
    }
}
