using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds OpenTelemetry to an application's services.</summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>
    /// Starts OpenTelemetry with the host. May be called any number of times, also by libraries:
    /// all calls configure the same provider per signal.
    /// </summary>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        // The first hosted service to start is the last to stop, so that what the others do while
        // they start and stop is still observed.
        if (!services.Any(d => d.ImplementationType == typeof(TelemetryHostedService)))
        {
            services.Insert(
                0, ServiceDescriptor.Singleton<IHostedService, TelemetryHostedService>());
        }

        return new OpenTelemetryBuilder(services);
    }
}
