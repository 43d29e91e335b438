using System.Net;
using Aspire.Dashboard.Metrics;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Traces;
using Aspire.Dashboard.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard;

/// <summary>The page, and beside it the port that takes telemetry; both on loopback only.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    /// <summary>Bytes of one export; the exporters' batches are far below.</summary>
    internal const int MaxOtlpMessageBytes = 4 * 1024 * 1024;

    private const int MaxConnections = 100;

    private readonly WebApplication _web;
    private readonly WebApplication? _otlp;
    private readonly PlotSampler _sampler;

    public DashboardServer(DashboardOptions options, IDashboardHost host)
    {
        var traces = new TraceStore(options.View.SpanLabels);
        var plots = new PlotStore(options.View.Plots, TimeProvider.System);
        _sampler = new PlotSampler(plots, TimeProvider.System);
        _web = BuildWeb(options, host, traces, plots);
        _otlp = options.OtlpPort is { } port ? BuildOtlp(port, options.OtlpApiKey, traces, plots) : null;
    }

    /// <summary>Where the page is, once it has started.</summary>
    public string WebAddress => AddressOf(_web);

    /// <summary>Where telemetry is taken, once it has started; null if it is not.</summary>
    public string? OtlpAddress => _otlp is null ? null : AddressOf(_otlp);

    /// <exception cref="IOException">A port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_otlp is not null)
        {
            await _otlp.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        await _web.StartAsync(cancellationToken).ConfigureAwait(false);
        _sampler.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _sampler.DisposeAsync().ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
        if (_otlp is not null)
        {
            await _otlp.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static WebApplication BuildWeb(
        DashboardOptions options, IDashboardHost host, TraceStore traces, PlotStore plots)
    {
        var builder = NewBuilder(options.WebPort, HttpProtocols.Http1, Api.MaxRequestBytes);
        var app = builder.Build();
        new Guard(options.BrowserToken).Protect(app);
        Pages.Map(app, options.ApplicationName);
        new Api(host, traces, plots, app.Lifetime.ApplicationStopping).Map(app);
        return app;
    }

    private static WebApplication BuildOtlp(int port, string? apiKey, TraceStore traces, PlotStore plots)
    {
        var builder = NewBuilder(port, HttpProtocols.Http2, MaxOtlpMessageBytes);
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MaxOtlpMessageBytes);
        builder.Services.AddSingleton(new TraceReceiver(traces));
        builder.Services.AddSingleton(new MetricsReceiver(plots));
        var app = builder.Build();
        if (apiKey is not null)
        {
            app.Use(new ApiKeyCheck(apiKey).InvokeAsync);
        }
        app.MapGrpcService<TraceReceiver>();
        app.MapGrpcService<MetricsReceiver>();
        return app;
    }

    private static WebApplicationBuilder NewBuilder(int port, HttpProtocols protocols, long maxRequestBytes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = maxRequestBytes;
            if (port == 0)
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
            }
            else
            {
                kestrel.ListenLocalhost(port, listen => listen.Protocols = protocols);
            }
        });
        // An open page asks again every second; it must not hold up the end.
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(
            hosting => hosting.ShutdownTimeout = TimeSpan.FromSeconds(1));
        return builder;
    }

    private static string AddressOf(WebApplication app)
        => app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
}
