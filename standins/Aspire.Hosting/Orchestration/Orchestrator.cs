using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Starts the resources in the order of their waits, and stops them in the reverse order.
/// </summary>
internal sealed partial class Orchestrator : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Replica> _replicas = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stopping = new();
    private readonly DistributedApplicationModel _model;
    private readonly EndpointAllocator _endpoints;
    private readonly ProcessSpecBuilder _specs;
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _logs;
    private readonly IDistributedApplicationEventing _eventing;
    private readonly DistributedApplicationExecutionContext _context;
    private readonly IServiceProvider _services;
    private readonly ILogger<Orchestrator> _logger;

    public Orchestrator(
        DistributedApplicationModel model,
        EndpointAllocator endpoints,
        ProcessSpecBuilder specs,
        ResourceNotificationService notifications,
        ResourceLoggerService logs,
        IDistributedApplicationEventing eventing,
        DistributedApplicationExecutionContext context,
        IServiceProvider services,
        ILogger<Orchestrator> logger)
    {
        _model = model;
        _endpoints = endpoints;
        _specs = specs;
        _notifications = notifications;
        _logs = logs;
        _eventing = eventing;
        _context = context;
        _services = services;
        _logger = logger;
        // After every subscriber of the AppHost's own: whoever is about to start waits here for the
        // others.
        eventing.Subscribe<BeforeResourceStartedEvent>(
            (start, cancellationToken) => notifications.WaitForDependenciesAsync(start.Resource, cancellationToken));
    }

    /// <summary>Returns when everything has started or has failed to.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var processes = _model.Resources.Where(IsProcess).ToArray();
        foreach (var resource in processes)
        {
            MakeReplicas(resource);
        }
        foreach (var resource in _model.Resources)
        {
            await _notifications.PublishUpdateAsync(resource, state => state).ConfigureAwait(false);
        }
        foreach (var resource in processes.OfType<IResourceWithEndpoints>())
        {
            _endpoints.Allocate(resource, ReplicasOf(resource));
        }
        foreach (var resource in _model.Resources)
        {
            await PublishAllocatedAsync(resource, end.Token).ConfigureAwait(false);
        }

        // Resources of the AppHost's own classes start themselves.
        foreach (var resource in _model.Resources)
        {
            await _eventing.PublishAsync(
                new InitializeResourceEvent(resource, _eventing, _logs, _notifications, _services),
                EventDispatchBehavior.NonBlockingSequential,
                _stopping.Token).ConfigureAwait(false);
        }
        foreach (var parameter in _model.Resources.OfType<ParameterResource>())
        {
            await ResolveAsync(parameter, end.Token).ConfigureAwait(false);
        }
        await Task.WhenAll(processes
            .Where(resource => !resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
            .Select(resource => StartAsync(resource, ReplicasOf(resource), end.Token)))
                .ConfigureAwait(false);
        await _eventing.PublishAsync(new AfterResourcesCreatedEvent(_services, _model), end.Token)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Stops whoever depends on others before the others. Kills what is left when the token says
    /// so.
    /// </summary>
    internal async Task StopAsync(CancellationToken killNow)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var stage in StopOrder.Stages(_model.Resources.Where(IsProcess)))
        {
            await Task.WhenAll(stage.SelectMany(ReplicasOf).Select(replica => StopAsync(replica, killNow)))
                .ConfigureAwait(false);
        }
        await _endpoints.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas.Values)
        {
            replica.Process?.Kill();
        }
        await _endpoints.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    internal Replica ReplicaOf(string id)
        => _replicas.TryGetValue(id, out var replica)
            ? replica
            : throw new DistributedApplicationException($"Resource '{id}' not found.");

    private static bool IsProcess(IResource resource)
        => resource is ProjectResource or ExecutableResource or ContainerResource;

    private IReadOnlyList<Replica> ReplicasOf(IResource resource)
        => [.. resource.GetResolvedResourceNames().Select(id => _replicas.GetValueOrDefault(id)).OfType<Replica>()];

    private void MakeReplicas(IResource resource)
    {
        var replicas = Enumerable.Range(0, resource.GetReplicaCount())
            .Select(_ => new Replica(resource, Replica.NewSuffix())).ToArray();
        foreach (var replica in replicas)
        {
            _replicas[replica.Id] = replica;
        }
        resource.Annotations.Add(new ReplicaIdsAnnotation([.. replicas.Select(replica => replica.Id)]));
        LifecycleCommands.Add(resource);
        if (!resource.HasAnnotationOfType<ResourceSnapshotAnnotation>())
        {
            resource.Annotations.Add(new ResourceSnapshotAnnotation(Snapshots.Initial(resource)));
        }
    }

    /// <summary>
    /// A parameter "runs" once it has its value; who waits for one without a value does not start.
    /// </summary>
    private async Task ResolveAsync(
        ParameterResource parameter, CancellationToken cancellationToken)
    {
        ResourceStateSnapshot state = new(KnownResourceStates.Running, KnownResourceStateStyles.Success);
        try
        {
            await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MissingParameterValueException missing)
        {
            _logs.Add(parameter.Name, missing.Message, isError: true);
            state = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error);
        }
        await _notifications.PublishUpdateAsync(parameter, before => before with { State = state })
            .ConfigureAwait(false);
    }

    private async Task PublishAllocatedAsync(
        IResource resource, CancellationToken cancellationToken)
    {
        if (resource is IResourceWithEndpoints)
        {
            await _eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, _services), cancellationToken)
                .ConfigureAwait(false);
        }
        var urls = await ResourceUrls.CollectAsync(resource, _context, cancellationToken)
            .ConfigureAwait(false);
        await _notifications.PublishUpdateAsync(resource, state => state with { Urls = urls })
            .ConfigureAwait(false);
    }
}
