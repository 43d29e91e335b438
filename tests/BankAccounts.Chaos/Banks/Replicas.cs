using System.Collections.Concurrent;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.Chaos;

/// <summary>The processes of the bank by the names that the AppHost gives them, as they come and go.</summary>
internal sealed class Replicas(DistributedApplication app)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, ResourceEvent> latest = new();

    /// <summary>Follows what the AppHost says of them until it is cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var change in app.ResourceNotifications.WatchAsync(cancellation))
            {
                latest[change.ResourceId] = change;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>The replicas of a resource that run, with their process ids.</summary>
    public IReadOnlyList<(string Id, int ProcessId)> Running(string name) =>
    [
        .. latest.Values
            .Where(one => one.Resource.Name == name && IsRunning(one.Snapshot))
            .OrderBy(one => one.ResourceId, StringComparer.Ordinal)
            .Select(one => (one.ResourceId, ProcessIdOf(one.Snapshot))),
    ];

    /// <summary>The names of all replicas of a resource.</summary>
    public IReadOnlyList<string> IdsOf(string name) =>
    [
        .. latest.Values.Where(one => one.Resource.Name == name).Select(one => one.ResourceId)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Kills a replica as a crash would, and waits until the AppHost knows.</summary>
    public async Task KillAsync(string id)
    {
        await Signals.SendAsync(ProcessIdOf(latest[id].Snapshot), Signals.Kill);
        await BecomesAsync(id, state => !IsRunning(state), "is known to have ended");
    }

    /// <summary>Stops a replica as an operator does.</summary>
    public async Task StopAsync(string id)
    {
        await app.ResourceCommands.ExecuteCommandAsync(id, KnownResourceCommands.StopCommand);
        await BecomesAsync(id, state => !IsRunning(state), "has stopped");
    }

    /// <summary>Starts a replica that has ended.</summary>
    public async Task StartAsync(string id)
    {
        if (IsRunning(latest[id].Snapshot))
        {
            return;
        }
        await app.ResourceCommands.ExecuteCommandAsync(id, KnownResourceCommands.StartCommand);
        await BecomesAsync(id, IsRunning, "runs again");
    }

    /// <summary>Starts whatever has ended, and waits until all of it is healthy.</summary>
    public async Task HealAsync(IEnumerable<string> names)
    {
        var ids = names.SelectMany(IdsOf).ToList();
        await Task.WhenAll(ids.Select(StartAsync));
        await Task.WhenAll(ids.Select(id => BecomesAsync(
            id, state => state.HealthStatus is null or HealthStatus.Healthy, "is healthy")));
    }

    private Task BecomesAsync(string id, Func<CustomResourceSnapshot, bool> condition, string what) =>
        Tests.Servers.Eventually.BecomesTrue(
            () => Task.FromResult(condition(latest[id].Snapshot)), $"{id} {what}", Patience);

    private static bool IsRunning(CustomResourceSnapshot state) => state.State?.Text == KnownResourceStates.Running;

    private static int ProcessIdOf(CustomResourceSnapshot state) => Convert.ToInt32(
        state.Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
}
