using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    /// <summary>
    /// Returns when everything that <c>WaitFor</c> and its like asked for has happened.
    /// </summary>
    /// <exception cref="DistributedApplicationException">It cannot happen any more.</exception>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>()
            .Where(wait => wait.Resource is not IResourceWithoutLifetime)
            .Select(wait => WaitForDependencyAsync(resource, wait, cancellationToken)));
    }

    private async Task WaitForDependencyAsync(
        IResource resource, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var logger = _loggers.GetLogger(resource);
        LogWaiting(logger, wait.Resource.Name, wait.WaitType);
        // Only replicas that are about to start wait; one that runs already is left alone.
        await PublishUpdateAsync(resource, state => state.State?.Text is { } text && text != KnownResourceStates.Starting
            ? state
            : state with { State = KnownResourceStates.Waiting }).ConfigureAwait(false);

        await Task.WhenAll(wait.Resource.GetResolvedResourceNames().Select(
            id => wait.WaitType == WaitType.WaitForCompletion
                ? WaitForCompletionAsync(wait, id, cancellationToken)
                : WaitForStartAsync(wait, id, cancellationToken))).ConfigureAwait(false);
        LogWaited(logger, wait.Resource.Name);
    }

    private async Task WaitForStartAsync(
        WaitAnnotation wait, string id, CancellationToken cancellationToken)
    {
        var dependency = wait.Resource;
        var stops = (wait.WaitBehavior ?? DefaultWaitBehavior) == WaitBehavior.StopOnResourceUnavailable;
        var started = await WaitAsync(
            dependency.Name,
            change => change.ResourceId == id
                && (change.Snapshot.State?.Text == KnownResourceStates.Running
                    || (stops && IsUnavailable(change.Snapshot))),
            "reach the 'Running' state",
            cancellationToken).ConfigureAwait(false);
        ThrowIfUnavailable(dependency, started.Snapshot);
        if (wait.WaitType == WaitType.WaitUntilStarted)
        {
            return;
        }

        if (dependency.HasAnnotationOfType<HealthCheckAnnotation>())
        {
            var healthy = await WaitAsync(
                dependency.Name,
                change => change.ResourceId == id
                    && (change.Snapshot.HealthStatus == HealthStatus.Healthy
                        || (stops && IsUnavailable(change.Snapshot))),
                "become healthy",
                cancellationToken).ConfigureAwait(false);
            ThrowIfUnavailable(dependency, healthy.Snapshot);
        }
        await WaitUntilReadyAsync(dependency.Name, id, cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitForCompletionAsync(
        WaitAnnotation wait, string id, CancellationToken cancellationToken)
    {
        var ended = await WaitAsync(
            wait.Resource.Name,
            change => change.ResourceId == id
                && change.Snapshot.State?.Text is { } state && KnownResourceStates.TerminalStates.Contains(state),
            "reach a terminal state",
            cancellationToken).ConfigureAwait(false);
        var snapshot = ended.Snapshot;
        if (snapshot.State?.Text == KnownResourceStates.FailedToStart)
        {
            ThrowIfUnavailable(wait.Resource, snapshot);
        }
        if (snapshot.ExitCode is { } exitCode && exitCode != wait.ExitCode)
        {
            throw new DistributedApplicationException(
                $"Resource '{wait.Resource.Name}' has entered the '{snapshot.State?.Text}' state with exit code '{exitCode}', expected '{wait.ExitCode}'.");
        }
    }

    private static void ThrowIfUnavailable(IResource dependency, CustomResourceSnapshot snapshot)
    {
        if (snapshot.State?.Text == KnownResourceStates.FailedToStart)
        {
            throw new DistributedApplicationException($"Dependency resource '{dependency.Name}' failed to start.");
        }
        if (IsUnavailable(snapshot))
        {
            throw new DistributedApplicationException(
                $"Resource '{dependency.Name}' has entered the '{snapshot.State?.Text}' state prematurely.");
        }
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Waiting for resource '{ResourceName}' ({WaitType}).")]
    private static partial void LogWaiting(ILogger logger, string resourceName, WaitType waitType);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Finished waiting for resource '{ResourceName}'.")]
    private static partial void LogWaited(ILogger logger, string resourceName);
}
