using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Tests;

[Collection(AloneInTheProcess.Name)]
public sealed partial class TelemetryTests
{
    [Fact]
    public async Task Traces_metrics_and_logs_reach_the_collector_but_no_request_for_health()
    {
        await using var collector = await Collector.Start();
        await using (var app = await RunningApp.Start(Builder(collector.Address), MapWork))
        {
            Assert.Equal(HttpStatusCode.OK, (await app.Get("/health")).Status);
            Assert.Equal(HttpStatusCode.OK, (await app.Get("/alive")).Status);
            Assert.Equal(RawGrpc.Serving, await app.Grpc.CheckHealth(""));
            await app.Grpc.ListServices("grpc.reflection.v1.ServerReflection");
            Assert.Equal(HttpStatusCode.OK, (await app.Get("/work")).Status);
        }

        var traces = collector.Received("traces");
        Contains("the-service", traces);
        Contains("GET /work", traces);
        Contains("inner work", traces);
        Contains("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", traces);
        Assert.Contains("/work", Paths(traces));
        Assert.Empty(Paths(traces).Intersect(
            ["/health", "/alive", "/grpc.health.v1.Health/Check"]));

        var metrics = collector.Received("metrics");
        Contains("bank.test.count", metrics);
        Contains("http.server.request.duration", metrics);
        Contains("dotnet.gc.collections", metrics);
        Contains("kestrel.active_connections", metrics);
        Contains("Work is done by tests", collector.Received("logs"));
    }

    [Fact]
    public async Task The_name_that_the_environment_gives_is_kept()
    {
        await using var collector = await Collector.Start();
        var builder = Builder(collector.Address, "named-by-the-environment");
        await using (var app = await RunningApp.Start(builder, MapWork))
        {
            Assert.Equal(HttpStatusCode.OK, (await app.Get("/work")).Status);
        }

        Contains("named-by-the-environment", collector.Received("traces"));
    }

    [Fact]
    public async Task A_request_that_throws_is_traced_with_its_error()
    {
        await using var collector = await Collector.Start();
        await using (var app = await RunningApp.Start(Builder(collector.Address), MapWork))
        {
            var answer = await app.Get("/broken/7");
            Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        }

        var traces = collector.Received("traces");
        Contains("GET /broken/{id}", traces);
        Contains("error.type", traces);
        Contains(typeof(BrokenException).FullName!, traces);
    }

    [Theory]
    [InlineData("0", null, false)]
    [InlineData("0", "00", false)]
    [InlineData("0", "01", true)]
    [InlineData("1", null, true)]
    [InlineData("1", "00", false)]
    public async Task A_trace_is_recorded_as_its_caller_says_and_one_that_begins_here_as_the_ratio_says(
        string ratio, string? callersFlags, bool isRecorded)
    {
        await using var collector = await Collector.Start();
        var builder = Builder(collector.Address, sampleRatio: ratio);
        await using (var app = await RunningApp.Start(builder, MapWork))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/work", UriKind.Relative));
            if (callersFlags is not null)
            {
                request.Headers.Add("traceparent", $"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{callersFlags}");
            }
            using var answer = await app.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var traces = collector.Received("traces");
        Assert.Equal(isRecorded, traces.Contains("GET /work", StringComparison.Ordinal));
        Assert.Equal(isRecorded, traces.Contains("inner work", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("http://127.0.0.1:1", true)]
    public void There_is_an_exporter_only_if_it_has_an_endpoint(string? endpoint, bool exports)
    {
        var builder = RunningApp.CreateBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        builder.AddServiceDefaults();

        Assert.Equal(exports, builder.Services.Any(service =>
            service.ServiceType.Name.Contains("Otlp", StringComparison.Ordinal)));
    }

    private static WebApplicationBuilder Builder(
        string collector, string? serviceName = null, string? sampleRatio = null)
    {
        var builder = RunningApp.CreateBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector;
        builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        builder.Configuration["OTEL_SERVICE_NAME"] = serviceName;
        builder.Configuration["OTEL_TRACES_SAMPLER"] = sampleRatio is null ? "always_on" : null;
        builder.Configuration["Telemetry:SampleRatio"] = sampleRatio;
        builder.AddServiceDefaults();
        builder.AddBankGrpc();
        return builder;
    }

    private static void MapWork(WebApplication app)
    {
        app.MapBankGrpc();
        app.MapGet("/broken/{id}", IResult (int id) => throw new BrokenException());
        var counter = Telemetry.Meter.CreateCounter<int>("bank.test.count");
        app.MapGet("/work", (ILogger<TelemetryTests> log) =>
        {
            using var span = Telemetry.Source.StartActivity("inner work");
            counter.Add(1);
            log.LogWorkDone("tests");
            return Results.Ok();
        });
    }

    /// <summary>
    /// What the servers' spans have as <c>url.path</c>: a key and a text, as protobuf.
    /// </summary>
    private static HashSet<string> Paths(string traces)
        => [.. UrlPath().Matches(traces).Select(
            key => traces.Substring(key.Index + key.Length, key.ValueSpan[^1]))];

    // The last character is the length of the text that follows.
    [GeneratedRegex(@"url\.path\x12.\n.", RegexOptions.Singleline)]
    private static partial Regex UrlPath();

    private sealed class BrokenException : Exception;

    private static void Contains(string expected, string actual)
        => Assert.Contains(expected, actual, StringComparison.Ordinal);
}

internal static partial class TelemetryTestsLog
{
    [LoggerMessage(1, LogLevel.Warning, "Work is done by {Worker}")]
    public static partial void LogWorkDone(this ILogger logger, string worker);
}
