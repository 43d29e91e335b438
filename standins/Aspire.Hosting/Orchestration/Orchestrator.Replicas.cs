using System.ComponentModel;
using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

internal sealed partial class Orchestrator
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Starts replicas that do not run: events and waits once, then all processes at the same time.
    /// </summary>
    /// <returns>What prevented the start, if something did; the replicas' state and logs say so too.</returns>
    internal async Task<Exception?> StartAsync(
        IResource resource, IReadOnlyList<Replica> replicas, CancellationToken cancellationToken)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        foreach (var replica in replicas)
        {
            replica.Starting = starting;
            _logs.Reopen(replica.Id);
            await _notifications.PublishUpdateAsync(resource, replica.Id, Snapshots.Starting(resource))
                .ConfigureAwait(false);
        }
        try
        {
            if (resource is IResourceWithConnectionString)
            {
                await _eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, _services), starting.Token)
                    .ConfigureAwait(false);
            }
            await _eventing.PublishAsync(new BeforeResourceStartedEvent(resource, _services), starting.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (starting.IsCancellationRequested)
        {
            await PublishAsync(replicas, state => state with { State = KnownResourceStates.NotStarted }).ConfigureAwait(false);
            return null;
        }
        // A subscriber is the AppHost's own code: whatever it throws is why this resource does not
        // start.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await FailAsync(replicas, failure).ConfigureAwait(false);
            return failure;
        }
        finally
        {
            foreach (var replica in replicas)
            {
                replica.Starting = null;
            }
        }
        var failures = await Task.WhenAll(
            replicas.Select(replica => StartProcessAsync(replica, _stopping.Token)))
                .ConfigureAwait(false);
        return failures.FirstOrDefault(failure => failure is not null);
    }

    /// <summary>
    /// Stops one replica: no new connections, then SIGTERM, then after the grace SIGKILL.
    /// </summary>
    internal async Task StopAsync(Replica replica, CancellationToken killNow)
    {
        if (replica.Starting is { } starting)
        {
            await starting.CancelAsync().ConfigureAwait(false);
        }
        await replica.Gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (replica.Process is not { } process)
            {
                return;
            }
            RemoveTargets(replica);
            await _notifications.PublishUpdateAsync(
                replica.Resource,
                replica.Id,
                state => state.State?.Text == KnownResourceStates.Running
                    ? state with { State = KnownResourceStates.Stopping }
                    : state).ConfigureAwait(false);
            await process.StopAsync(StopGrace, killNow).ConfigureAwait(false);
            await replica.EndPublished.ConfigureAwait(false);
        }
        finally
        {
            replica.Gate.Release();
        }
    }

    private static void RemoveTargets(Replica replica)
    {
        foreach (var endpoint in replica.TargetPorts.Keys)
        {
            endpoint.Targets.Remove(replica.Id);
        }
    }

    private async Task<Exception?> StartProcessAsync(
        Replica replica, CancellationToken cancellationToken)
    {
        await replica.Gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return new OperationCanceledException(cancellationToken);
            }
            var spec = await _specs.BuildAsync(replica, cancellationToken).ConfigureAwait(false);
            var process = await ChildProcess.StartAsync(
                spec, (line, isError) => _logs.Add(replica.Id, line, isError))
                    .ConfigureAwait(false);
            replica.Process = process;
            foreach (var (endpoint, port) in replica.TargetPorts)
            {
                endpoint.Targets.Add(replica.Id, new IPEndPoint(EndpointRules.Address(endpoint.TargetHost), port));
            }
            await _notifications.PublishUpdateAsync(
                replica.Resource, replica.Id, Snapshots.Running(spec, process.Id))
                    .ConfigureAwait(false);
            replica.EndPublished = PublishEndAsync(replica, process);
            return null;
        }
        catch (OperationCanceledException canceled) when (cancellationToken.IsCancellationRequested)
        {
            return canceled;
        }
        // Environment callbacks are the AppHost's own code: whatever they throw is why this replica
        // does not start.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await FailAsync([replica], failure).ConfigureAwait(false);
            return failure;
        }
        finally
        {
            replica.Gate.Release();
        }
    }

    private async Task PublishEndAsync(Replica replica, ChildProcess process)
    {
        var exitCode = await process.Exited.ConfigureAwait(false);
        RemoveTargets(replica);
        replica.Process = null;
        process.Dispose();
        await _notifications.PublishUpdateAsync(replica.Resource, replica.Id, Snapshots.Ended(exitCode))
            .ConfigureAwait(false);
        _logs.Complete(replica.Id);
        if (_notifications.TryGetCurrentState(replica.Id, out var ended))
        {
            try
            {
                await _eventing.PublishAsync(
                    new ResourceStoppedEvent(replica.Resource, _services, ended), CancellationToken.None)
                    .ConfigureAwait(false);
            }
            // A subscriber's failure must not keep the rest from being stopped.
#pragma warning disable CA1031
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogSubscriberFailed(_logger, replica.Id, failure);
            }
        }
    }

    private async Task FailAsync(IEnumerable<Replica> replicas, Exception failure)
    {
        foreach (var replica in replicas)
        {
            LogFailedToStart(_logger, replica.Id, failure.Message, IsPlain(failure) ? null : failure);
            _logs.Add(replica.Id, $"Failed to start: {failure.Message}", isError: true);
            await _notifications.PublishUpdateAsync(
                replica.Resource,
                replica.Id,
                state => state with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) })
                .ConfigureAwait(false);
            _logs.Complete(replica.Id);
        }
    }

    /// <summary>Whether the message alone tells a person what to do.</summary>
    private static bool IsPlain(Exception failure)
        => failure is DistributedApplicationException or Win32Exception;

    private async Task PublishAsync(
        IEnumerable<Replica> replicas, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        foreach (var replica in replicas)
        {
            await _notifications.PublishUpdateAsync(replica.Resource, replica.Id, change)
                .ConfigureAwait(false);
        }
    }

    [LoggerMessage(
        EventId = 2, Level = LogLevel.Error,
        Message = "A subscriber of ResourceStoppedEvent of {ResourceId} failed")]
    private static partial void LogSubscriberFailed(
        ILogger logger, string resourceId, Exception failure);

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Resource {ResourceId} failed to start: {Reason}")]
    private static partial void LogFailedToStart(
        ILogger logger, string resourceId, string reason, Exception? failure);
}
