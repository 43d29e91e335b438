using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// Writes what the resources of a bank print into files, one for each life of each replica, in the folder
/// <c>logs</c> beside the tests: the first place to look at when one fails.
/// </summary>
public static class ResourceLogs
{
    private static int banks;

    public static void Follow(DistributedApplication app, CancellationToken cancellation)
    {
        var bank = Interlocked.Increment(ref banks);
        var folder = Directory.CreateDirectory(
            Path.Combine(AppContext.BaseDirectory, "logs", $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-bank-{bank}"));
        _ = FollowAsync(app, folder.FullName, cancellation);
    }

    private static async Task FollowAsync(DistributedApplication app, string folder, CancellationToken cancellation)
    {
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        var lives = new Dictionary<string, (int Count, Task Writing)>();
        try
        {
            await foreach (var change in app.ResourceNotifications.WatchAsync(cancellation))
            {
                var id = change.ResourceId;
                var (count, writing) = lives.GetValueOrDefault(id, (0, Task.CompletedTask));
                if (writing.IsCompleted && !KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text))
                {
                    var path = Path.Combine(folder, $"{id}-{count + 1}.log");
                    lives[id] = (count + 1, WriteAsync(logs.WatchAsync(id), path, cancellation));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The bank is gone.
        }
    }

    private static async Task WriteAsync(
        IAsyncEnumerable<IReadOnlyList<LogLine>> log, string path, CancellationToken cancellation)
    {
        try
        {
            await foreach (var lines in log.WithCancellation(cancellation))
            {
                await File.AppendAllLinesAsync(path, lines.Select(line => line.Content), cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The bank is gone.
        }
    }
}
