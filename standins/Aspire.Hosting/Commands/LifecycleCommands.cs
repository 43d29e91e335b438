using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>Start, stop and restart.</summary>
internal static class LifecycleCommands
{
    internal static void Add(IResource resource)
    {
        Add(resource, KnownResourceCommands.StartCommand, "Start", IsStopped, StartAsync);
        Add(resource, KnownResourceCommands.StopCommand, "Stop", state => state == KnownResourceStates.Running, StopAsync);
        Add(
            resource, KnownResourceCommands.RestartCommand, "Restart",
            state => state == KnownResourceStates.Running,
            async context => await StopAsync(context).ConfigureAwait(false) is { Success: false } failure
                ? failure
                : await StartAsync(context).ConfigureAwait(false));
    }

    private static void Add(
        IResource resource,
        string name,
        string displayName,
        Func<string?, bool> isEnabled,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute)
        => resource.Annotations.Add(new ResourceCommandAnnotation(
            name, displayName,
            context => isEnabled(context.ResourceSnapshot.State?.Text)
                ? ResourceCommandState.Enabled
                : ResourceCommandState.Disabled,
            execute, displayDescription: null, parameter: null, confirmationMessage: null,
            iconName: null, iconVariant: null, isHighlighted: false));

    private static bool IsStopped(string? state)
        => state is not null
            && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.NotStarted);

    private static async Task<ExecuteCommandResult> StartAsync(ExecuteCommandContext context)
    {
        var orchestrator = context.ServiceProvider.GetRequiredService<Orchestrator>();
        var replica = orchestrator.ReplicaOf(context.ResourceName);
        if (replica.Process is not null || replica.Starting is not null)
        {
            return CommandResults.Failure($"Resource '{replica.Id}' runs or starts already.");
        }
        var failure = await orchestrator.StartAsync(replica.Resource, [replica], context.CancellationToken)
            .ConfigureAwait(false);
        return failure is null ? CommandResults.Success() : CommandResults.Failure(failure);
    }

    private static async Task<ExecuteCommandResult> StopAsync(ExecuteCommandContext context)
    {
        var orchestrator = context.ServiceProvider.GetRequiredService<Orchestrator>();
        await orchestrator.StopAsync(orchestrator.ReplicaOf(context.ResourceName), CancellationToken.None)
            .ConfigureAwait(false);
        return CommandResults.Success();
    }
}
