using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Observability;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Traces, metrics and logs through OpenTelemetry.</summary>
public static class OpenTelemetryExtensions
{
    // ASP.NET Core describes its spans itself only when it is told that no instrumentation does.
    private const string AspNetCoreSuppressesData =
        "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    // Which part of the traces that begin here is recorded: 0 … 1.
    private const string SampleRatioKey = "Telemetry:SampleRatio";
    private const double DefaultSampleRatio = 0.01;

    // The exporter leaves the ids of events out unless it is told otherwise.
    private const string ExportEventIds = "OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EVENT_LOG_ATTRIBUTES";

    /// <summary>
    /// Records traces, metrics and logs; they are exported only if
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Requests for health are not traced. A trace that the
    /// caller records is recorded here; of those that begin here one in a hundred, or the part that
    /// <c>Telemetry:SampleRatio</c> says (0 … 1), or what <c>OTEL_TRACES_SAMPLER</c> says.
    /// </summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        if (!AppContext.TryGetSwitch(AspNetCoreSuppressesData, out _))
        {
            AppContext.SetSwitch(AspNetCoreSuppressesData, false);
        }

        if (!IsSet(builder.Configuration, ExportEventIds))
        {
            builder.Configuration[ExportEventIds] = "true";
        }

        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IStartupFilter, RequestSpans>());
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => Trace(tracing, builder.Environment.ApplicationName, builder.Configuration))
            .WithMetrics(Measure);
        if (!IsSet(builder.Configuration, "OTEL_SERVICE_NAME"))
        {
            telemetry.ConfigureResource(
                resource => resource.AddService(builder.Environment.ApplicationName));
        }

        if (IsSet(builder.Configuration, "OTEL_EXPORTER_OTLP_ENDPOINT"))
        {
            telemetry.UseOtlpExporter();
        }

        return builder;
    }

    private static void Trace(
        TracerProviderBuilder tracing, string applicationName, IConfiguration configuration)
    {
        tracing
            .AddSource(applicationName, Telemetry.Name, Telemetry.NamePattern)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Grpc.Net.Client")
            .AddProcessor(new HealthRequestFilter());
        if (!IsSet(configuration, "OTEL_TRACES_SAMPLER"))
        {
            var ratio = configuration.GetValue(SampleRatioKey, DefaultSampleRatio);
            tracing.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)));
        }
    }

    private static void Measure(MeterProviderBuilder metrics) => metrics
        .AddMeter(Telemetry.Name, Telemetry.NamePattern)
        .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
        .AddMeter("Grpc.AspNetCore.Server", "System.Runtime");

    private static bool IsSet(IConfiguration configuration, string key)
        => !string.IsNullOrWhiteSpace(configuration[key]);
}
