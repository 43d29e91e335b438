using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>Enters the answers of the checks into a replica's state.</summary>
internal static class HealthReports
{
    /// <summary>
    /// A check that knows the replicas apart has their answers in its data, under their ids.
    /// </summary>
    internal static CustomResourceSnapshot Merge(
        CustomResourceSnapshot state, string replicaId, HealthReport report, DateTime time)
        => state with
        {
            HealthReports =
            [
                .. state.HealthReports.Where(old => !report.Entries.ContainsKey(old.Name)),
                .. report.Entries.Select(entry => new HealthReportSnapshot(
                    entry.Key,
                    entry.Value.Data.TryGetValue(replicaId, out var own) && own is HealthStatus status
                        ? status
                        : entry.Value.Status,
                    entry.Value.Description,
                    entry.Value.Exception?.ToString())
                {
                    LastRunAt = time,
                }),
            ],
        };
}
