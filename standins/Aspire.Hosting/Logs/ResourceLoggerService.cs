using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The console logs of the resources: what the processes print and what the host says about them. The latest
/// 10,000 lines of each replica are kept.
/// </summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Told of every line: the resource or replica, the line, and whether it is from stderr.
    /// </summary>
    internal event Action<string, string, bool>? LineAdded;

    /// <summary>A logger that writes into the logs of all replicas.</summary>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceLogger(this, resource.GetResolvedResourceNames());
    }

    /// <param name="resourceName">A replica's id.</param>
    public ILogger GetLogger(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return new ResourceLogger(this, [resourceName]);
    }

    /// <summary>
    /// The lines so far and those to come, until the resource has ended or the caller stops.
    /// </summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return Merge([.. resource.GetResolvedResourceNames().Select(LogOf)]);
    }

    /// <inheritdoc cref="WatchAsync(IResource)"/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName)
        => Merge([LogOf(resourceName)]);

    /// <summary>The lines so far.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return AllOf([.. resource.GetResolvedResourceNames().Select(LogOf)]);
    }

    /// <inheritdoc cref="GetAllAsync(IResource)"/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
        => AllOf([LogOf(resourceName)]);

    /// <summary>Ends every watch of the resource's logs.</summary>
    public void Complete(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        Array.ForEach(resource.GetResolvedResourceNames(), Complete);
    }

    /// <inheritdoc cref="Complete(IResource)"/>
    public void Complete(string name) => LogOf(name).Complete();

    /// <summary>Forgets the lines so far.</summary>
    public void ClearBacklog(string resourceName) => LogOf(resourceName).Clear();

    /// <summary>The lines with a greater number, as far as they are kept.</summary>
    internal IReadOnlyList<LogLine> LinesAfter(string id, int number)
        => _logs.TryGetValue(id, out var log) ? [.. log.Lines().Where(line => line.LineNumber > number)] : [];

    internal void Reopen(string id) => LogOf(id).Reopen();

    internal void Add(string id, string line, bool isError)
    {
        LogOf(id).Add(line, isError);
        LineAdded?.Invoke(id, line, isError);
    }

    private static async IAsyncEnumerable<IReadOnlyList<LogLine>> AllOf(ResourceLog[] logs)
    {
        foreach (var log in logs)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            yield return log.Lines();
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<LogLine>> Merge(
        ResourceLog[] logs, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var merged = Channel.CreateBounded<IReadOnlyList<LogLine>>(1);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pumps = Task.WhenAll(logs.Select(log => PumpAsync(log, merged.Writer, end.Token)));
        _ = pumps.ContinueWith(_ => merged.Writer.TryComplete(), TaskScheduler.Default);
        try
        {
            await foreach (var lines in merged.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return lines;
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task PumpAsync(
        ResourceLog log, ChannelWriter<IReadOnlyList<LogLine>> to, CancellationToken cancellationToken)
    {
        var from = log.Watch();
        try
        {
            while (await from.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var lines = new List<LogLine>();
                while (from.TryRead(out var line))
                {
                    lines.Add(line);
                }
                await to.WriteAsync(lines, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has stopped watching.
        }
        finally
        {
            log.Unwatch(from);
        }
    }

    private ResourceLog LogOf(string id) => _logs.GetOrAdd(id, _ => new ResourceLog());
}
