using BankAccounts.QueryService.Commits;
using BankAccounts.ServiceDefaults.Observability;

namespace BankAccounts.QueryService;

/// <summary>What is measured whenever somebody looks. docs/OBSERVABILITY.md has the table.</summary>
public sealed class QueryGauges : Gauges
{
    /// <summary>Measures who waits for commits.</summary>
    public QueryGauges(CommitFeed feed)
    {
        Meter.CreateObservableGauge(
            "bank.query.watchers", () => feed.Watchers, "{watcher}", "Streams that watch an account.");
        Meter.CreateObservableGauge(
            "bank.query.waiting", () => feed.Waiting, "{call}", "Reads that wait for a position to be folded.");
    }
}
