using Aspire.Dashboard;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>The application, as the dashboard sees it.</summary>
internal sealed class DashboardHost(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceCommandService commands,
    InteractionService interaction,
    IHostApplicationLifetime lifetime) : IDashboardHost
{
    public IReadOnlyList<ResourceView> Resources()
    {
        var order = model.Resources.Select((resource, place) => (resource, place))
            .ToDictionary(one => one.resource, one => one.place);
        return
        [
            .. notifications.Current()
                .Where(replica => !replica.Snapshot.IsHidden)
                .OrderBy(replica => order.GetValueOrDefault(replica.Resource, int.MaxValue))
                .ThenBy(replica => replica.ResourceId, StringComparer.Ordinal)
                .Select(View),
        ];
    }

    public IReadOnlyList<LogView> Logs(string resourceId, int after)
        =>
        [
            .. logs.LinesAfter(resourceId, after)
                .Select(line => new LogView(line.LineNumber, line.Content, line.IsErrorMessage)),
        ];

    public async Task<CommandResultView> ExecuteAsync(
        string resourceId, string command, CancellationToken cancellationToken)
    {
        if (!notifications.TryGetCurrentState(resourceId, out var replica)
            || !replica.Snapshot.Commands.Any(
                known => known.Name == command && known.State == ResourceCommandState.Enabled))
        {
            return new CommandResultView(
                false, false, $"Command '{command}' is not available for resource '{resourceId}' now.", null);
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, lifetime.ApplicationStopping);
        var result = await commands.ExecuteCommandAsync(replica.ResourceId, command, end.Token).ConfigureAwait(false);
        return new CommandResultView(result.Success, result.Canceled, result.Message, result.Data?.Value);
    }

    public IReadOnlyList<PromptView> Prompts() => interaction.Prompts();

    public bool Answer(int id, string? value) => interaction.Answer(id, value);

    private static ResourceView View(ResourceEvent replica)
    {
        var snapshot = replica.Snapshot;
        return new ResourceView(
            replica.ResourceId,
            replica.Resource.Name,
            snapshot.ResourceType,
            snapshot.State?.Text,
            snapshot.HealthStatus?.ToString(),
            snapshot.State?.Text == KnownResourceStates.Running ? null : snapshot.ExitCode,
            snapshot.StartTimeStamp,
            [.. snapshot.Urls.Where(url => !url.IsInternal && !url.IsInactive).Select(url => url.Url)],
            [.. snapshot.HealthReports
                .Where(report => snapshot.HealthStatus is not null && report.Status is not HealthStatus.Healthy)
                .Select(report =>
                    $"{report.Name}: {report.Description ?? report.Status?.ToString() ?? "not known yet"}")],
            [.. snapshot.Commands.Where(command => command.State != ResourceCommandState.Hidden).Select(View)]);
    }

    private static CommandView View(ResourceCommandSnapshot command) => new(
        command.Name,
        command.DisplayName,
        command.DisplayDescription,
        command.ConfirmationMessage,
        command.State == ResourceCommandState.Enabled,
        command.IsHighlighted);
}
