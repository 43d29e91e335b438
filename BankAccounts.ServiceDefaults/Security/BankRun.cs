using BankAccounts.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

/// <summary>Runs a service.</summary>
public static class BankRun
{
    /// <summary>
    /// Runs until the service is told to stop. One that would listen where it must not is not started: it says so
    /// in one line.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunBankAsync(this WebApplication app)
    {
        await using (app)
        {
            var logger = app.Services.GetRequiredService<ILogger<ListeningGuard>>();
            if (ListeningGuard.Allow(
                Addresses.Configured(app.Configuration), app.Configuration.ReadSecurity(), logger))
            {
                await app.RunAsync();
            }
        }
        return Environment.ExitCode;
    }
}
