using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Health;

/// <summary>The supervision of one resource from its first running replica to its last.</summary>
internal sealed class Watch : IDisposable
{
    private readonly CancellationTokenSource _end;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Dictionary<string, string?> _states = [];

    internal Watch(IResource resource, CancellationToken stoppingToken)
    {
        Resource = resource;
        _end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Token = _end.Token;
    }

    internal IResource Resource { get; }

    internal CancellationToken Token { get; }

    internal Task Loop { get; set; } = Task.CompletedTask;

    /// <summary>A replica that changes its state is looked at without delay.</summary>
    internal void Note(ResourceEvent change)
    {
        var state = change.Snapshot.State?.Text;
        if (_states.TryGetValue(change.ResourceId, out var before) && before == state)
        {
            return;
        }
        _states[change.ResourceId] = state;
        if (_changed.CurrentCount == 0)
        {
            _changed.Release();
        }
    }

    internal Task DelayAsync(TimeSpan pause) => _changed.WaitAsync(pause, Token);

    internal void Stop() => _end.Cancel();

    internal async Task EndAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
    }

    public void Dispose()
    {
        _end.Dispose();
        _changed.Dispose();
    }
}

/// <summary>How long to wait before a resource is asked again.</summary>
internal static class HealthPauses
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(30);
    private const int ShortPausesMax = 50;

    /// <summary>Often while it starts, then every second; rarely once it is healthy.</summary>
    internal static TimeSpan After(int failures, bool hasChecks)
        => !hasChecks ? Timeout.InfiniteTimeSpan
            : failures == 0 ? Healthy
            : failures <= ShortPausesMax ? Short
            : Second;
}
