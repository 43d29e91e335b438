using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Clients.Tests;

/// <summary>Keeps what an application logs, each as category, level and text.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, string Text)> _entries = [];

    public IReadOnlyCollection<(string Category, LogLevel Level, string Text)> Entries => _entries;

    public static CapturedLog Of(HostApplicationBuilder builder)
    {
        var log = new CapturedLog();
        builder.Services.AddSingleton<ILoggerProvider>(log);
        return log;
    }

    public IEnumerable<string> Warnings(string category)
        => _entries.Where(e => e.Category == category && e.Level == LogLevel.Warning)
            .Select(e => e.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
            => log._entries.Enqueue((category, logLevel, formatter(state, exception)));
    }
}
