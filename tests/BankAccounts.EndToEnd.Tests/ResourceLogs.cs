using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// Writes what the resources of a bank print into files, one for each resource, in the folder
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
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        foreach (var resource in app.Services.GetRequiredService<DistributedApplicationModel>().Resources)
        {
            _ = WriteAsync(logs, resource, Path.Combine(folder.FullName, $"{resource.Name}.log"), cancellation);
        }
    }

    private static async Task WriteAsync(
        ResourceLoggerService logs, IResource resource, string path, CancellationToken cancellation)
    {
        try
        {
            await foreach (var lines in logs.WatchAsync(resource).WithCancellation(cancellation))
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
