using System.Collections.Immutable;
using System.Net;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The processes that stand behind an endpoint at the moment.</summary>
internal sealed class EndpointTargets
{
    private ImmutableArray<(string ReplicaId, IPEndPoint Address)> _live = [];

    internal ImmutableArray<(string ReplicaId, IPEndPoint Address)> Live => _live;

    internal void Add(string replicaId, IPEndPoint address)
        => ImmutableInterlocked.Update(ref _live, (live, target) => live.Add(target), (replicaId, address));

    internal void Remove(string replicaId)
        => ImmutableInterlocked.Update(
            ref _live, (live, id) => live.RemoveAll(target => target.ReplicaId == id), replicaId);
}
