using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Logs;

/// <summary>
/// Repeats what the resources say in the host's own log, under the category <c>{AppHost}.Resources.{name}</c>:
/// stdout as Information, stderr as Error.
/// </summary>
internal sealed partial class ResourceLogForwarder(
    ResourceLoggerService logs,
    ILoggerFactory loggers,
    IHostEnvironment environment,
    DistributedApplicationModel model) : IHostedService
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.OrdinalIgnoreCase);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        logs.LineAdded += Forward;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        logs.LineAdded -= Forward;
        return Task.CompletedTask;
    }

    private void Forward(string id, string line, bool isError)
    {
        var logger = _loggers.GetOrAdd(
            id, _ => loggers.CreateLogger($"{environment.ApplicationName}.Resources.{NameOf(id)}"));
        if (isError)
        {
            LogError(logger, id, line);
        }
        else
        {
            LogLine(logger, id, line);
        }
    }

    private string NameOf(string id)
        => model.Resources.FirstOrDefault(
            resource => resource.GetResolvedResourceNames().Contains(id, StringComparer.OrdinalIgnoreCase))?.Name
            ?? id;

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{ResourceId}: {Line}")]
    private static partial void LogLine(ILogger logger, string resourceId, string line);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{ResourceId}: {Line}")]
    private static partial void LogError(ILogger logger, string resourceId, string line);
}
