using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.ServiceDefaults.Observability;

/// <summary>
/// Gauges of things that a service has one of. As a hosted service they are there from its start to its end,
/// without anybody having to ask for them.
/// </summary>
public abstract class Gauges : IHostedService, IDisposable
{
    /// <summary>Where they are made.</summary>
    protected Meter Meter { get; } = new(Telemetry.Name);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        Meter.Dispose();
        GC.SuppressFinalize(this);
    }
}
