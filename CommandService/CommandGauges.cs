using System.Diagnostics.Metrics;
using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults;

namespace BankAccounts.CommandService;

/// <summary>What is measured whenever somebody looks. docs/OBSERVABILITY.md has the table.</summary>
public sealed class CommandGauges : IHostedService, IDisposable
{
    private readonly Meter meter = new(Telemetry.Name);

    /// <summary>Measures the appender's load.</summary>
    public CommandGauges(Appender appender) => meter.CreateObservableGauge(
        "bank.command.under_way", () => appender.UnderWay, "{command}", "Commands whose outcome is not known yet.");

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
