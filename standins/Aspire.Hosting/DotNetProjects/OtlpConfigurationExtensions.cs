using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Tells processes where telemetry goes.</summary>
public static class OtlpConfigurationExtensions
{
    private static readonly (string Key, string Protocol)[] s_collectors =
    [
        ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "grpc"),
        ("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "grpc"),
        ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http/protobuf"),
        ("DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http/protobuf"),
    ];

    /// <summary>
    /// Sets the OTEL_* variables. The exporter's address is that of ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL or one of its
    /// older and HTTP variants: the dashboard, or without one any collector. A collector that the AppHost was told
    /// of in OTEL_EXPORTER_OTLP_ENDPOINT itself stays the one.
    /// </summary>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        var configuration = builder.ApplicationBuilder.Configuration;
        var environment = builder.ApplicationBuilder.Environment;
        return builder.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={OtlpTemplate.InstanceId}";
            if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            {
                AddCollector(variables, configuration);
            }
            if (environment.IsDevelopment())
            {
                // Milliseconds: what a person does is to be seen within about a second.
                variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
                variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
                variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
                variables["OTEL_TRACES_SAMPLER"] = "always_on";
                variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            }
        });
    }

    private static void AddCollector(Dictionary<string, object> variables, ConfigurationManager configuration)
    {
        foreach (var (key, protocol) in s_collectors)
        {
            if (configuration[key] is { Length: > 0 } address)
            {
                variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = address;
                variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
                break;
            }
        }
        if (configuration["AppHost:OtlpApiKey"] is { Length: > 0 } apiKey)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={apiKey}";
        }
    }
}

/// <summary>Stands in a variable for the instance id of the process that will get it.</summary>
internal static class OtlpTemplate
{
    internal const string InstanceId = "{{- instanceId -}}";
}
