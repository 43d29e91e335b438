using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Launch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>The application: its resources run from <c>Start</c> to <c>Stop</c>.</summary>
public partial class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EntryPointHooks? _hooks;

    public DistributedApplication(IHost host)
        : this(host, hooks: null)
    {
    }

    internal DistributedApplication(IHost host, EntryPointHooks? hooks)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _hooks = hooks;
    }

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService ResourceNotifications
        => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands
        => Services.GetRequiredService<ResourceCommandService>();

    private ILogger Logger => Services.GetRequiredService<ILogger<DistributedApplication>>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return new DistributedApplicationBuilder(args);
    }

    public static IDistributedApplicationBuilder CreateBuilder(
        DistributedApplicationOptions options)
        => new DistributedApplicationBuilder(options);

    /// <summary>
    /// Starts the application and returns when it has been told to stop and has stopped.
    /// </summary>
    /// <exception cref="DistributedApplicationException">It cannot start, for example because a port is taken.</exception>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_hooks?.MayStart is { } mayStart && !await mayStart().ConfigureAwait(false))
        {
            return;
        }
        var stopping = Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            await StartHostAsync(cancellationToken).ConfigureAwait(false);
            await _host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
            when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Told to stop while it still started: that is an end like any other.
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Returns when every resource has been started or has failed to, which includes the waits of <c>WaitFor</c>.
    /// </summary>
    /// <exception cref="DistributedApplicationException">It cannot start, for example because a port is taken.</exception>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_hooks?.MayStart is { } mayStart && !await mayStart().ConfigureAwait(false))
        {
            return;
        }
        await StartHostAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns when every process has ended; after the host's shutdown timeout they are killed.
    /// </summary>
    public virtual Task StopAsync(CancellationToken cancellationToken = default)
        => _host.StopAsync(cancellationToken);

    public virtual void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            _host.Dispose();
        }
        GC.SuppressFinalize(this);
    }

    private async Task StartHostAsync(CancellationToken cancellationToken)
    {
        // Options are validated here: a host whose services cannot be made cannot be stopped
        // either.
        _ = Services.GetServices<IHostedService>().Count();
        try
        {
            await Services.GetRequiredService<IDistributedApplicationEventing>().PublishAsync(
                new BeforeStartEvent(Services, Services.GetRequiredService<DistributedApplicationModel>()),
                cancellationToken).ConfigureAwait(false);
            await _host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            if (failure is DistributedApplicationException)
            {
                LogCannotStart(Logger, failure.Message);
            }
            // What has started already must not outlive the host.
            await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
            _hooks?.Started?.Invoke(failure);
            throw;
        }
        LogStarted(Logger);
        _hooks?.Started?.Invoke(null);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Critical, Message = "The application cannot start: {Reason}")]
    private static partial void LogCannotStart(ILogger logger, string reason);

    [LoggerMessage(
        EventId = 2, Level = LogLevel.Information,
        Message = "Distributed application started. Press Ctrl+C to shut down.")]
    private static partial void LogStarted(ILogger logger);
}
