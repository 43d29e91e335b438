namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the bank has, whatever it does.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds telemetry and the health checks that say that the process is alive.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        return builder;
    }
}
