using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Launch;

/// <summary>What the host is made of.</summary>
internal static class HostServices
{
    internal static void Add(
        IServiceCollection services,
        DistributedApplicationOptions options,
        IDistributedApplicationEventing eventing,
        DistributedApplicationExecutionContext executionContext,
        IResourceCollection resources,
        DashboardSettings? dashboard)
    {
        services.AddSingleton(options);
        services.AddSingleton(eventing);
        services.AddSingleton(executionContext);
        services.AddSingleton(new DistributedApplicationModel(resources));
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton(provider => new ResourceCommandService(
            provider.GetRequiredService<ResourceNotificationService>(),
            provider.GetRequiredService<ResourceLoggerService>(),
            provider));
#pragma warning disable ASPIREINTERACTION001 // It is registered for those who take it as it is.
        services.AddSingleton(new InteractionService(dashboard));
        services.AddSingleton<IInteractionService>(provider => provider.GetRequiredService<InteractionService>());
#pragma warning restore ASPIREINTERACTION001
        if (dashboard is not null)
        {
            services.AddSingleton(dashboard);
            services.AddSingleton<DashboardHost>();
            services.AddHostedService<DashboardService>();
            // Whoever sees at the dashboard that something failed can start it again; what waits goes on then.
            services.Configure<ResourceNotificationServiceOptions>(
                waits => waits.DefaultWaitBehavior = WaitBehavior.WaitOnResourceUnavailable);
        }
        services.AddSingleton<ResourceHealthMonitor>();
        services.AddSingleton<Orchestrator>();
        services.AddSingleton<EndpointAllocator>();
        services.AddSingleton<ProcessSpecBuilder>();
        services.AddHealthChecks();
        services.AddSingleton<IValidateOptions<HealthCheckServiceOptions>, HealthCheckRegistrations>();
        services.AddHttpClient();
        // Checks fail while resources start; their answers are in the resources' states, not in the
        // log.
        services.AddLogging(logging => logging.AddFilter(
            "Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
    }
}
