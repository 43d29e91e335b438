using System.Diagnostics.Metrics;
using BankAccounts.QueryService.Commits;
using BankAccounts.ServiceDefaults;

namespace BankAccounts.QueryService;

/// <summary>What is measured whenever somebody looks. docs/OBSERVABILITY.md has the table.</summary>
public sealed class QueryGauges : IHostedService, IDisposable
{
    private readonly Meter meter = new(Telemetry.Name);

    /// <summary>Measures who waits for commits.</summary>
    public QueryGauges(CommitFeed feed)
    {
        meter.CreateObservableGauge(
            "bank.query.watchers", () => feed.Watchers, "{watcher}", "Streams that watch an account.");
        meter.CreateObservableGauge(
            "bank.query.waiting", () => feed.Waiting, "{call}", "Reads that wait for a position to be folded.");
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
