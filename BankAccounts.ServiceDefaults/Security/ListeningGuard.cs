using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// Stops a service that listens where it must not. What configuration says is looked at before anything is started
/// (<see cref="BankRun"/>); this looks at what the server has really bound, whoever told it to.
/// </summary>
internal sealed partial class ListeningGuard(
    IServer server,
    IOptions<SecurityOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<ListeningGuard> logger) : IHostedLifecycleService
{
    /// <summary>Says so and returns false if the service must not listen at one of these addresses.</summary>
    public static bool Allow(IEnumerable<string> addresses, SecurityOptions options, ILogger logger)
    {
        var problem = addresses
            .Select(address => Addresses.ProblemOf(address, options.AsksCallers))
            .FirstOrDefault(problem => problem is not null);
        if (problem is not null)
        {
            LogProblem(logger, problem);
            Environment.ExitCode = 1;
        }
        return problem is null;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!Allow(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], options.Value, logger))
        {
            lifetime.StopApplication();
        }
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1032, Level = LogLevel.Critical, Message = "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
