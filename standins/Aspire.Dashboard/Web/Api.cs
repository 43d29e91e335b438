using Aspire.Dashboard.Metrics;
using Aspire.Dashboard.Traces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Web;

/// <summary>What the page asks for, as JSON.</summary>
internal sealed class Api(IDashboardHost host, TraceStore traces, PlotStore plots, CancellationToken stopping)
{
    internal const int MaxRequestBytes = 16 * 1024;
    internal const int MaxCommandsUnderWay = 16;
    internal const int MaxLogLines = 2_000;

    private int _commandsUnderWay;

    internal void Map(WebApplication app)
    {
        app.MapGet("/api/resources", () => Json(new { Resources = host.Resources(), Prompts = host.Prompts() }));
        app.MapGet("/api/logs", (string id, int after) => Json(host.Logs(id, after).TakeLast(MaxLogLines)));
        app.MapGet("/api/traces", (string? service, string? text) => Json(new
        {
            Services = traces.Services(),
            Traces = traces.List(NullIfEmpty(service), NullIfEmpty(text)),
        }));
        app.MapGet("/api/traces/{id}", (string id) => traces.Find(id) is { } trace ? Json(trace) : Results.NotFound());
        app.MapGet("/api/plots", () => Json(plots.View()));
        app.MapPost("/api/commands", ExecuteAsync);
        app.MapPost("/api/prompts", (PromptAnswer answer)
            => host.Answer(answer.Id, answer.Value) ? Results.NoContent() : Results.NotFound());
    }

    /// <summary>A command goes on when the page is closed: what it began is not left halfway.</summary>
    private async Task<IResult> ExecuteAsync(CommandCall call)
    {
        try
        {
            return Interlocked.Increment(ref _commandsUnderWay) > MaxCommandsUnderWay
                ? Results.StatusCode(StatusCodes.Status429TooManyRequests)
                : Json(await host.ExecuteAsync(call.Resource, call.Command, stopping).ConfigureAwait(false));
        }
        finally
        {
            Interlocked.Decrement(ref _commandsUnderWay);
        }
    }

    private static IResult Json<T>(T value) => Results.Json(value);

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private sealed record CommandCall(string Resource, string Command);

    private sealed record PromptAnswer(int Id, string? Value);
}
