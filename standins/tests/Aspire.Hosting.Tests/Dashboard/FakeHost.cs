using System.Collections.Concurrent;
using Aspire.Dashboard;

namespace Aspire.Hosting.Tests.Dashboard;

/// <summary>An application of one resource, which writes down what it is told to do.</summary>
internal sealed class FakeHost : IDashboardHost
{
    internal const string Hostile = "<script>alert(1)</script>";

    internal ConcurrentQueue<string> Told { get; } = [];

    public IReadOnlyList<ResourceView> Resources() =>
    [
        new("shop-abc", "shop", "Project", "Running", "Healthy", null, null, ["http://localhost:1"], [],
            [new("stop", "Stop", null, null, true, false)]),
    ];

    public IReadOnlyList<LogView> Logs(string resourceId, int after)
        => [.. Enumerable.Range(after + 1, 3_000).Select(number => new LogView(number, Hostile, false))];

    public Task<CommandResultView> ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken)
    {
        Told.Enqueue($"{command} {resourceId}");
        return Task.FromResult(new CommandResultView(true, false, "It is done.", "data"));
    }

    public IReadOnlyList<PromptView> Prompts() => [];

    public bool Answer(int id, string? value)
    {
        Told.Enqueue($"answer {id} {value}");
        return id == 1;
    }
}
