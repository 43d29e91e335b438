using BankAccounts.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>Health over HTTP.</summary>
public static class HealthExtensions
{
    /// <summary>Adds the check <c>self</c>, which says that the process answers.</summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), [HealthPaths.LiveTag]);
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (every check) and <c>/alive</c> (those tagged <c>live</c>). The answer
    /// is 200, or 503 while a check is unhealthy, and names the checks that are not healthy. Probes
    /// have no certificate, so everybody may ask.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(HealthPaths.Health, new HealthCheckOptions
        {
            ResponseWriter = HealthAnswer.Write,
        }).AllowAnonymous();
        app.MapHealthChecks(HealthPaths.Alive, new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(HealthPaths.LiveTag),
            ResponseWriter = HealthAnswer.Write,
        }).AllowAnonymous();
        return app;
    }
}
