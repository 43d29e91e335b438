using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BankAccounts.EndToEnd.Tests.Otlp;

/// <summary>A span and the service that sent it.</summary>
public sealed record CollectedSpan(string Service, Span Span)
{
    public string Id => Hex(Span.SpanId);

    public string Parent => Hex(Span.ParentSpanId);

    /// <summary>An attribute as text; null if there is none of the name.</summary>
    public string? this[string attribute] => Collector.Text(Span.Attributes, attribute);

    public static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);
}

/// <summary>Receives OTLP over HTTP, and keeps all of it.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<CollectedSpan> spans = new();
    private readonly ConcurrentQueue<Metric> metrics = new();
    private readonly ConcurrentQueue<LogLine> lines = new();

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.MapPost("/v1/traces", request => ReceiveAsync(request, TracesData.Parser, Keep));
        app.MapPost("/v1/metrics", request => ReceiveAsync(request, MetricsData.Parser, Keep));
        app.MapPost("/v1/logs", request => ReceiveAsync(request, LogsData.Parser, Keep));
    }

    public string Address => app.Urls.Single();

    public IEnumerable<Metric> Metrics => metrics;

    public IEnumerable<LogLine> Lines => lines;

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector.app.StartAsync();
        return collector;
    }

    /// <summary>The spans of a trace that were received so far.</summary>
    public IReadOnlyList<CollectedSpan> SpansOf(string traceId) =>
        [.. spans.Where(span => CollectedSpan.Hex(span.Span.TraceId) == traceId)];

    /// <summary>An attribute as text; null if there is none of the name.</summary>
    public static string? Text(IEnumerable<KeyValue> attributes, string name) =>
        attributes.SingleOrDefault(attribute => attribute.Key == name)?.Value is not { } value ? null
        : value.ValueCase == AnyValue.ValueOneofCase.StringValue ? value.StringValue
        : FormattableString.Invariant($"{value.IntValue}");

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static async Task ReceiveAsync<T>(HttpContext context, MessageParser<T> parser, Action<T> keep)
        where T : IMessage<T>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        keep(parser.ParseFrom(body.ToArray()));
    }

    private void Keep(TracesData data)
    {
        foreach (var resource in data.Resources)
        {
            var service = Text(resource.Resource.Attributes, "service.name") ?? string.Empty;
            foreach (var span in resource.Scopes.SelectMany(scope => scope.Spans))
            {
                spans.Enqueue(new CollectedSpan(service, span));
            }
        }
    }

    private void Keep(MetricsData data)
    {
        foreach (var metric in data.Resources.SelectMany(resource => resource.Scopes).SelectMany(scope => scope.Metrics))
        {
            metrics.Enqueue(metric);
        }
    }

    private void Keep(LogsData data)
    {
        foreach (var line in data.Resources.SelectMany(resource => resource.Scopes).SelectMany(scope => scope.Lines))
        {
            lines.Enqueue(line);
        }
    }
}
