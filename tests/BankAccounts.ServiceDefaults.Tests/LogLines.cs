using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>Keeps the lines that are logged.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    public ConcurrentQueue<(int Id, LogLevel Level, string Text)> Written { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Written.Enqueue((eventId.Id, logLevel, formatter(state, exception)));
}
