using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Tests;

/// <summary>Makes applications for tests, and looks at them.</summary>
internal static class TestHost
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    internal static CancellationToken Soon => new CancellationTokenSource(Deadline).Token;

    /// <summary>
    /// A builder that believes to be SampleAppHost's, with random ports and a quiet log.
    /// </summary>
    internal static IDistributedApplicationBuilder Builder(params string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--DcpPublisher:RandomizePorts=true", .. args],
            AssemblyName = "SampleAppHost",
            DisableDashboard = true,
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        return builder;
    }

    internal static async Task<DistributedApplication> StartAsync(
        this IDistributedApplicationBuilder builder)
    {
        var app = builder.Build();
        await app.StartAsync(Soon);
        return app;
    }

    internal static async Task<CustomResourceSnapshot> WaitForStateAsync(
        this DistributedApplication app, string name, string state)
        => (await app.ResourceNotifications.WaitForResourceAsync(
            name, change => change.Snapshot.State?.Text == state, Soon)).Snapshot;

    internal static CustomResourceSnapshot Snapshot(this DistributedApplication app, string name)
        => app.ResourceNotifications.TryGetCurrentState(name, out var current)
            ? current.Snapshot
            : throw new InvalidOperationException($"No state of {name}");

    internal static ImmutableArray<ResourceEvent> Replicas(
        this DistributedApplication app, IResource resource)
        => [.. resource.GetResolvedResourceNames().Select(
            id => app.ResourceNotifications.TryGetCurrentState(id, out var current) ? current : null!)];

    internal static int ProcessId(this CustomResourceSnapshot snapshot)
        => Assert.IsType<int>(snapshot.Properties.Single(property => property.Name == "executable.pid").Value);

    /// <summary>What the resource printed until it ended, without the times.</summary>
    internal static async Task<string[]> OutputAsync(
        this DistributedApplication app, IResource resource)
    {
        var lines = new List<string>();
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        await foreach (var batch in logs.WatchAsync(resource).WithCancellation(Soon))
        {
            lines.AddRange(batch.Select(line => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }
        return [.. lines];
    }
}
