using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives commands to resources.</summary>
public partial class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _logs;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(
        ResourceNotificationService notifications, ResourceLoggerService logs, IServiceProvider services)
    {
        _notifications = notifications;
        _logs = logs;
        _services = services;
    }

    /// <param name="resourceId">A replica's id, or the name of a resource that has one replica.</param>
    /// <param name="commandName">One of <see cref="KnownResourceCommands"/>, or the resource's own.</param>
    /// <param name="cancellationToken">Handed to the command.</param>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default)
        => _notifications.TryGetCurrentState(resourceId, out var found)
            ? await ExecuteAsync(found.ResourceId, found.Resource, commandName, cancellationToken).ConfigureAwait(false)
            : CommandResults.Failure($"Resource '{resourceId}' not found.");

    /// <summary>Gives the command to all replicas at the same time.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var ids = resource.GetResolvedResourceNames();
        var results = await Task.WhenAll(
            ids.Select(id => ExecuteAsync(id, resource, commandName, cancellationToken)))
                .ConfigureAwait(false);
        if (results.Length == 1)
        {
            return results[0];
        }
        var failures = ids.Zip(results).Where(pair => pair.Second is { Success: false, Canceled: false }).ToArray();
        if (failures.Length > 0)
        {
            return CommandResults.Failure(string.Join(
                Environment.NewLine,
                failures.Select(pair => $"Resource '{pair.First}' failed with error message: {pair.Second.Message}")
                    .Prepend($"{failures.Length} command executions failed.")));
        }
        return results.All(result => result.Success) ? CommandResults.Success() : CommandResults.Canceled();
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(
        string id, IResource resource, string commandName, CancellationToken cancellationToken)
    {
        var logger = _logs.GetLogger(id);
        var command = resource.Annotations.OfType<ResourceCommandAnnotation>()
            .SingleOrDefault(annotation => annotation.Name == commandName);
        if (command is null)
        {
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{id}'.");
        }
        LogExecuting(logger, commandName);
        try
        {
            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = _services,
                ResourceName = id,
                CancellationToken = cancellationToken,
                Logger = logger,
            }).ConfigureAwait(false);
            if (result.Success)
            {
                LogDone(logger, commandName, result.Message);
            }
            else
            {
                LogFailed(logger, commandName, result.Canceled ? "it was canceled" : result.Message, null);
            }
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        // A command is someone else's code: whatever it throws is the command's result.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(logger, commandName, failure.Message, failure);
            return CommandResults.Failure($"Unhandled exception: {failure.Message}");
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Executing command '{CommandName}'.")]
    private static partial void LogExecuting(ILogger logger, string commandName);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Executed command '{CommandName}'. {Result}")]
    private static partial void LogDone(ILogger logger, string commandName, string? result);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Command '{CommandName}' failed: {Reason}.")]
    private static partial void LogFailed(
        ILogger logger, string commandName, string? reason, Exception? failure);
}
