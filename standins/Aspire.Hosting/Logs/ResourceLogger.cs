using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Writes what the host says about a resource into the resource's own log.</summary>
internal sealed class ResourceLogger(ResourceLoggerService logs, string[] ids) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel)
        => logLevel >= LogLevel.Information && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }
        var text = formatter(state, exception);
        if (exception is not null)
        {
            text = $"{text} {exception.GetType().Name}: {exception.Message}";
        }
        foreach (var id in ids)
        {
            logs.Add(id, text, logLevel >= LogLevel.Error);
        }
    }
}
