using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.ServiceDefaults.Health;

/// <summary>
/// The status on the first line, then a line for each check that is not healthy. Names only: what a
/// check found may hold addresses, and is in the service's log.
/// </summary>
internal static class HealthAnswer
{
    public static Task Write(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var failing = report.Entries
            .Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}: {entry.Value.Status}\n");
        return context.Response.WriteAsync(
            $"{report.Status}\n{string.Concat(failing)}", context.RequestAborted);
    }
}
