using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Grpc.HealthCheck;

/// <summary>
/// The health service over statuses that the program sets. Safe to use from many threads. A service
/// without a status is unknown.
/// </summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    // A watcher that does not read for so many changes misses the oldest of them, never the newest.
    private const int UnreadChangesMax = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = [];
    private readonly Dictionary<string, List<Channel<ServingStatus>>> _watchers = [];

    /// <summary>Sets the status of a service and tells its watchers if that is a change.</summary>
    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            var previous = StatusOf(service);
            _statuses[service] = status;
            TellWatchers(service, previous, status);
        }
    }

    /// <summary>Makes a service unknown.</summary>
    public void ClearStatus(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            if (_statuses.Remove(service, out var previous))
            {
                TellWatchers(service, previous, ServingStatus.ServiceUnknown);
            }
        }
    }

    /// <summary>Makes every service unknown.</summary>
    public void ClearAll()
    {
        lock (_lock)
        {
            foreach (var service in _statuses.Keys.ToList())
            {
                ClearStatus(service);
            }
        }
    }

    public override Task<HealthCheckResponse> Check(
        HealthCheckRequest request, ServerCallContext context)
    {
        lock (_lock)
        {
            return _statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, ""));
        }
    }

    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context)
    {
        await foreach (var status in Statuses(request.Service, context.CancellationToken))
        {
            await responseStream.WriteAsync(new HealthCheckResponse { Status = status });
        }
    }

    /// <summary>
    /// The status now and after every change; ends without an error when cancelled.
    /// </summary>
    internal async IAsyncEnumerable<ServingStatus> Statuses(
        string service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            yield break;
        }

        var changes = Channel.CreateBounded<ServingStatus>(
            new BoundedChannelOptions(UnreadChangesMax)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
            });
        yield return AddWatcher(service, changes);
        try
        {
            await using var end = cancellationToken.Register(() => changes.Writer.TryComplete());
            await foreach (var status in changes.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return status;
            }
        }
        finally
        {
            RemoveWatcher(service, changes);
        }
    }

    private ServingStatus AddWatcher(string service, Channel<ServingStatus> changes)
    {
        lock (_lock)
        {
            if (!_watchers.TryGetValue(service, out var channels))
            {
                _watchers[service] = channels = [];
            }

            channels.Add(changes);
            return StatusOf(service);
        }
    }

    private void RemoveWatcher(string service, Channel<ServingStatus> changes)
    {
        lock (_lock)
        {
            var channels = _watchers[service];
            channels.Remove(changes);
            if (channels.Count == 0)
            {
                _watchers.Remove(service);
            }
        }
    }

    private void TellWatchers(string service, ServingStatus previous, ServingStatus status)
    {
        if (status != previous && _watchers.TryGetValue(service, out var channels))
        {
            channels.ForEach(channel => channel.Writer.TryWrite(status));
        }
    }

    private ServingStatus StatusOf(string service) =>
        _statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown);
}
