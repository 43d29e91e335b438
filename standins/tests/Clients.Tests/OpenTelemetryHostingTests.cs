using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Clients.Tests;

public sealed class OpenTelemetryHostingTests : IDisposable
{
    private const int OneHour = 3_600_000;

    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);
    private readonly ActivitySource _source = new($"source-{Guid.NewGuid()}");
    private readonly Recorder<Activity, string> _spans = new(span => span.OperationName);

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task Traces_cover_the_start_and_the_stop_of_every_hosted_service()
    {
        _builder.Services.AddSingleton(_source);
        _builder.Services.AddHostedService<Spanning>();
        _builder.Services.AddOpenTelemetry().WithTracing(Record);

        using (var host = _builder.Build())
        {
            Assert.False(_source.HasListeners());
            await host.StartAsync();
            await host.StopAsync();
        }

        Assert.Equal(["starting", "stopping"], _spans.Items);
        Assert.False(_source.HasListeners());
    }

    [Fact]
    public async Task What_waits_for_export_is_flushed_when_the_host_is_disposed()
    {
        var exported = new Recorder<Activity, string>(span => span.OperationName);
        _builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource(_source.Name)
            .AddProcessor(_ => new BatchActivityExportProcessor(
                exported, scheduledDelayMilliseconds: OneHour)));
        var host = _builder.Build();
        await host.StartAsync();
        _source.StartActivity("waiting")!.Dispose();
        await host.StopAsync();
        Assert.Empty(exported.Items);

        host.Dispose();
        Assert.Single(exported.Items);
    }

    [Fact]
    public async Task However_often_it_is_called_there_is_one_provider()
    {
        _builder.Services.AddOpenTelemetry().WithTracing(Record);
        _builder.Services.AddOpenTelemetry().WithTracing();
        _builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("other"));

        using var host = _builder.Build();
        await host.StartAsync();
        _source.StartActivity("once")!.Dispose();

        Assert.Single(_spans.Items);
        Assert.Single(host.Services.GetServices<TracerProvider>());
        Assert.Single(host.Services.GetServices<IHostedService>());
    }

    [Fact]
    public async Task A_signal_that_is_not_asked_for_has_no_provider()
    {
        _builder.Services.AddOpenTelemetry().WithMetrics();
        using var host = _builder.Build();
        await host.StartAsync();

        Assert.NotNull(host.Services.GetService<MeterProvider>());
        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.Null(host.Services.GetService<LoggerProvider>());
    }

    [Fact]
    public async Task Metrics_and_logs_reach_their_exporters_and_carry_the_resource()
    {
        var metrics = new Recorder<Metric, string>(metric => metric.Name);
        var logs = new Recorder<LogRecord, int>(log => log.EventId.Id);
        using var meter = new Meter($"meter-{Guid.NewGuid()}");
        _builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("the-service"))
            .WithMetrics(m => m.AddMeter(meter.Name).AddReader(
                new BaseExportingMetricReader(metrics)))
            .WithLogging(l => l.AddProcessor(new SimpleLogRecordExportProcessor(logs)));
        using (var host = _builder.Build())
        {
            await host.StartAsync();
            meter.CreateCounter<int>("counted").Add(1);
            host.Services.GetRequiredService<ILogger<OpenTelemetryHostingTests>>()
                .LogAnswer("forty-two");
            await host.StopAsync();
        }

        Assert.Equal(["counted"], metrics.Items);
        Assert.Contains(42, logs.Items);
        Assert.All([metrics.Service, logs.Service], s => Assert.Equal("the-service", s));
    }

    private void Record(TracerProviderBuilder tracing) => tracing
        .AddSource(_source.Name)
        .AddProcessor(_ => new SimpleActivityExportProcessor(_spans));

    private sealed class Spanning(ActivitySource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Span("starting");

        public Task StopAsync(CancellationToken cancellationToken) => Span("stopping");

        private Task Span(string name)
        {
            source.StartActivity(name)?.Dispose();
            return Task.CompletedTask;
        }
    }

    /// <summary>Keeps what it sees of each item: the SDK uses the items themselves again.</summary>
    private sealed class Recorder<T, TSeen>(Func<T, TSeen> see) : BaseExporter<T>
        where T : class
    {
        public List<TSeen> Items { get; } = [];

        public object? Service { get; private set; }

        public override ExportResult Export(in Batch<T> batch)
        {
            foreach (var item in batch)
            {
                Items.Add(see(item));
            }

            Service = ParentProvider.GetResource().Attributes
                .Single(attribute => attribute.Key == "service.name").Value;
            return ExportResult.Success;
        }
    }
}

internal static partial class OpenTelemetryHostingLog
{
    [LoggerMessage(42, LogLevel.Warning, "The answer is {Answer}.")]
    public static partial void LogAnswer(this ILogger logger, string answer);
}
