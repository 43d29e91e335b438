using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.Chaos;

/// <summary>What the processes print, a file for each.</summary>
internal sealed class ServiceLogs(DistributedApplication app, string folder) : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly List<Task> writing = [];

    /// <summary>A line was printed.</summary>
    public event Action<string>? Printed;

    /// <summary>Begins to write.</summary>
    public void Follow(Replicas replicas)
    {
        Directory.CreateDirectory(folder);
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        writing.AddRange(ChaosBank.Names.SelectMany(replicas.IdsOf).Select(id => WriteAsync(logs, id)));
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await Task.WhenAll(writing);
        ended.Dispose();
    }

    private async Task WriteAsync(ResourceLoggerService logs, string id)
    {
        await using var file = new StreamWriter(Path.Combine(folder, $"{id}.log"));
        try
        {
            // The watch ends with the process, and begins again with its successor.
            var line = 0;
            while (!ended.IsCancellationRequested)
            {
                await foreach (var lines in logs.WatchAsync(id).WithCancellation(ended.Token))
                {
                    foreach (var one in lines.Where(one => one.LineNumber > line))
                    {
                        line = one.LineNumber;
                        await file.WriteLineAsync(one.Content);
                        Printed?.Invoke(one.Content);
                    }
                    await file.FlushAsync();
                }
                await Task.Delay(TimeSpan.FromMilliseconds(200), ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
