using Aspire.Dashboard;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Starts the dashboard before the resources, and stops it after them.</summary>
internal sealed partial class DashboardService(
    DashboardSettings settings, DashboardHost host, ILogger<DistributedApplication> logger)
    : IHostedService, IAsyncDisposable
{
    private readonly DashboardServer _server = new(settings.Options, host);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException problem)
        {
            throw new DistributedApplicationException($"The dashboard cannot listen: {problem.Message}", problem);
        }
        LogListening(logger, _server.WebAddress);
        if (settings.Options.BrowserToken is { } token)
        {
            LogLogin(logger, $"{_server.WebAddress}/login?t={token}");
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync().ConfigureAwait(false);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Now listening on: {DashboardUrl}")]
    private static partial void LogListening(ILogger logger, string dashboardUrl);

    [LoggerMessage(
        EventId = 4, Level = LogLevel.Information, Message = "Login to the dashboard at {DashboardLoginUrl}")]
    private static partial void LogLogin(ILogger logger, string dashboardLoginUrl);
}
