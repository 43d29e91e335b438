using BankAccounts.ServiceDefaults.GrpcHosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.Health;

/// <summary>
/// Says that this process stops before it does: its health turns at once, and for a while it serves all the same, until
/// whoever looks at its health has stopped sending callers.
/// </summary>
internal sealed class StoppingNotice(IHostApplicationLifetime lifetime, IOptions<GrpcLimits> limits)
    : IHostedLifecycleService, IHealthCheck
{
    /// <summary>The name of the check.</summary>
    public const string CheckName = "stopping";

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy()
            : HealthCheckResult.Healthy());

    /// <summary>Before the server stops listening.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken) =>
        await Task.Delay(limits.Value.StopNotice, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
