using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

/// <inheritdoc cref="IDistributedApplicationEventing"/>
public class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _lock = new();
    private readonly List<(Type Event, DistributedApplicationEventSubscription Subscription)> _subscriptions = [];

    public DistributedApplicationEventSubscription Subscribe<T>(
        Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent
    {
        ArgumentNullException.ThrowIfNull(callback);
        var subscription = new DistributedApplicationEventSubscription(
            (@event, cancellationToken) => callback((T)@event, cancellationToken));
        lock (_lock)
        {
            _subscriptions.Add((typeof(T), subscription));
        }
        return subscription;
    }

    public DistributedApplicationEventSubscription Subscribe<T>(
        IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(callback);
        return Subscribe<T>((@event, cancellationToken)
            => @event.Resource == resource ? callback(@event, cancellationToken) : Task.CompletedTask);
    }

    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.RemoveAll(entry => entry.Subscription == subscription);
        }
    }

    public Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
        => PublishAsync(@event, EventDispatchBehavior.BlockingSequential, cancellationToken);

    public Task PublishAsync<T>(
        T @event, EventDispatchBehavior dispatchBehavior, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
    {
        DistributedApplicationEventSubscription[] subscriptions;
        lock (_lock)
        {
            subscriptions = [.. _subscriptions.Where(entry => entry.Event == typeof(T)).Select(entry => entry.Subscription)];
        }

        async Task OneAfterTheOther()
        {
            foreach (var subscription in subscriptions)
            {
                await subscription.Callback(@event, cancellationToken).ConfigureAwait(false);
            }
        }

        Task SideBySide() => Task.WhenAll(
            subscriptions.Select(subscription => subscription.Callback(@event, cancellationToken)));

        switch (dispatchBehavior)
        {
            case EventDispatchBehavior.BlockingConcurrent:
                return SideBySide();
            case EventDispatchBehavior.NonBlockingSequential:
                _ = Task.Run(OneAfterTheOther, CancellationToken.None);
                return Task.CompletedTask;
            case EventDispatchBehavior.NonBlockingConcurrent:
                _ = Task.Run(SideBySide, CancellationToken.None);
                return Task.CompletedTask;
            default:
                return OneAfterTheOther();
        }
    }
}
