using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Holds the state of every replica and tells watchers when it changes.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceLoggerService _loggers;
    private readonly CancellationTokenSource _disposing = new();
    private readonly CancellationTokenRegistration _stopping;

    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime,
        IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        ArgumentNullException.ThrowIfNull(hostApplicationLifetime);
        _logger = logger;
        _services = serviceProvider;
        _loggers = resourceLoggerService;
        // Waits end when the application stops: nothing that they wait for will happen then.
        _stopping = hostApplicationLifetime.ApplicationStopping.Register(_disposing.Cancel);
    }

    /// <summary>The latest state of every replica, and then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });
        lock (_lock)
        {
            foreach (var (id, entry) in _entries)
            {
                channel.Writer.TryWrite(new ResourceEvent(entry.Resource, id, entry.Snapshot));
            }
            _watchers.Add(channel);
        }
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <param name="resourceId">A replica's id, or a resource's name if it has one replica.</param>
    /// <param name="resourceEvent">The latest state.</param>
    public bool TryGetCurrentState(
        string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(resourceId, out var exact))
            {
                resourceEvent = new ResourceEvent(exact.Resource, resourceId, exact.Snapshot);
                return true;
            }
            var named = _entries.Where(pair => IsNamed(pair.Value.Resource, resourceId)).Take(2).ToArray();
            resourceEvent = named is [var (id, entry)]
                ? new ResourceEvent(entry.Resource, id, entry.Snapshot)
                : null;
            return resourceEvent is not null;
        }
    }

    /// <summary>The latest state of every replica.</summary>
    internal IReadOnlyList<ResourceEvent> Current()
    {
        lock (_lock)
        {
            return [.. _entries.Select(pair => new ResourceEvent(pair.Value.Resource, pair.Key, pair.Value.Snapshot))];
        }
    }

    /// <summary>Changes the state of all replicas.</summary>
    public async Task PublishUpdateAsync(
        IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var id in resource.GetResolvedResourceNames())
        {
            await PublishUpdateAsync(resource, id, stateFactory).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Changes the state of one replica. Watchers see changes in the order in which they are made.
    /// </summary>
    public Task PublishUpdateAsync(
        IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(stateFactory);
        lock (_lock)
        {
            var known = _entries.TryGetValue(resourceId, out var entry);
            if (known && entry!.Resource != resource)
            {
                throw new InvalidOperationException(
                    $"Resource instance doesn't match resource previously registered with specified resource id '{resourceId}'.");
            }
            var before = known ? entry!.Snapshot : FirstSnapshotOf(resource);
            var after = WithCommands(resource, stateFactory(before) with { Version = before.Version + 1 });
            _entries[resourceId] = new Entry(resource, after);
            if (before.State?.Text != after.State?.Text)
            {
                LogStateChange(resource.Name, resourceId, before.State?.Text, after.State?.Text);
            }
            var change = new ResourceEvent(resource, resourceId, after);
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(change);
            }
        }
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _disposing.Cancel();
        _stopping.Dispose();
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete();
            }
        }
        GC.SuppressFinalize(this);
    }

    private static bool IsNamed(IResource resource, string name)
        => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase);

    private static CustomResourceSnapshot FirstSnapshotOf(IResource resource)
        => resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var annotation)
            ? annotation.InitialSnapshot with { HealthReports = Orchestration.Snapshots.HealthNotKnownYet(resource) }
            : new CustomResourceSnapshot
            {
                ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
                Properties = [],
                HealthReports = Orchestration.Snapshots.HealthNotKnownYet(resource),
                Relationships =
                [
                    .. resource.Annotations.OfType<ResourceRelationshipAnnotation>()
                        .Select(relation => new RelationshipSnapshot(relation.Resource.Name, relation.Type)),
                ],
            };

    private CustomResourceSnapshot WithCommands(IResource resource, CustomResourceSnapshot snapshot)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = _services };
        return snapshot with
        {
            Commands = [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => c.ToSnapshot(context))],
        };
    }

    [LoggerMessage(
        EventId = 1, Level = LogLevel.Debug,
        Message = "Resource {ResourceName}/{ResourceId} changed state: {Before} -> {After}")]
    private partial void LogStateChange(
        string resourceName, string resourceId, string? before, string? after);

    private sealed record Entry(IResource Resource, CustomResourceSnapshot Snapshot);
}
