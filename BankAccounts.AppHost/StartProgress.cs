using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost;

/// <summary>
/// Follows the resources while they start, to be able to say which one is missing and why.
/// </summary>
internal sealed class StartProgress
{
    private readonly ConcurrentDictionary<string, CustomResourceSnapshot> latest = new();

    /// <summary>Follows the resources until it is cancelled.</summary>
    public async Task FollowAsync(
        ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                latest[change.ResourceId] = change.Snapshot;
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know any more.
        }
    }

    /// <summary>A line for each resource that is neither healthy nor done with its work.</summary>
    public IEnumerable<string> Missing() =>
        from resource in latest.OrderBy(entry => entry.Key, StringComparer.Ordinal)
        let state = resource.Value.State?.Text
        where state is not null && !IsDone(state, resource.Value)
        select $"{resource.Key}: {state}{Reason(resource.Value)}";

    private static bool IsDone(string state, CustomResourceSnapshot snapshot) =>
        snapshot.IsHidden
        || state == KnownResourceStates.NotStarted
        || (state == KnownResourceStates.Finished && snapshot.ExitCode is null or 0)
        || (state == KnownResourceStates.Running
            && snapshot.HealthStatus is null or HealthStatus.Healthy);

    private static string Reason(CustomResourceSnapshot snapshot)
    {
        var reasons = snapshot.HealthReports
            .Where(report => report.Status is not HealthStatus.Healthy)
            .Select(report => report.Description)
            .Where(description => !string.IsNullOrEmpty(description));
        string[] exit = snapshot.ExitCode is { } code and not 0 ? [$"exit code {code}"] : [];
        var text = string.Join("; ", [.. exit, .. reasons]);
        return text.Length > 0 ? $" ({text})" : "";
    }
}
