using BankAccounts.ServiceDefaults.GrpcHosting;
using BankAccounts.ServiceDefaults.Health;
using BankAccounts.ServiceDefaults.Overload;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>A gRPC server with limits, health and reflection.</summary>
public static class BankGrpcExtensions
{
    // Callers that watch a service's health hear of a change within this time.
    private static readonly TimeSpan WatchedHealthPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds gRPC with the limits of <see cref="GrpcLimits" />, reflection, and health of the server
    /// (<c>""</c>) and of each service in <paramref name="serviceNames" />: serving while every
    /// health check is healthy. Who may call is what <see cref="SecurityExtensions" /> says.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="serviceNames">Full names, as <c>bankaccounts.v1.QueryService</c>.</param>
    public static IGrpcServerBuilder AddBankGrpc(
        this IHostApplicationBuilder builder, params string[] serviceNames)
    {
        builder.AddBankSecurity();
        var services = builder.Services;
        services.AddOptions<GrpcLimits>().BindConfiguration(GrpcLimits.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GrpcLimits>, GrpcLimitsValidation>();
        services.AddSingleton<IConfigureOptions<GrpcServiceOptions>, GrpcLimitsSetup>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, GrpcLimitsSetup>();

        services.AddSingleton<StoppingNotice>();
        services.AddHostedService(provider => provider.GetRequiredService<StoppingNotice>());
        services.AddHealthChecks().AddCheck<StoppingNotice>(StoppingNotice.CheckName);

        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(options =>
        {
            foreach (var name in serviceNames.Prepend(""))
            {
                options.Services.Map(name, _ => true);
            }
        });
        services.Configure<HealthCheckPublisherOptions>(publishing =>
        {
            publishing.Delay = TimeSpan.FromSeconds(1);
            publishing.Period = WatchedHealthPeriod;
        });
        builder.Logging.AddFilter(UnreadableRequests.LogOfGrpc, LogLevel.Critical);
        services.AddSingleton<RequestWasRead>();
        services.AddSingleton<TakenInTime>();
        return services.AddGrpc(options =>
        {
            options.Interceptors.Add<RequestWasRead>();
            options.Interceptors.Add<TakenInTime>();
        });
    }

    /// <summary>
    /// Maps reflection and <c>grpc.health.v1.Health</c>, which is for everybody; bounds the calls that are served at
    /// once; and refuses requests that cannot be read as what they are.
    /// </summary>
    public static WebApplication MapBankGrpc(this WebApplication app)
    {
        app.UseMiddleware<CallLimit>();
        app.UseMiddleware<UnreadableRequests>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService().AllowAnonymous();
        return app;
    }
}
