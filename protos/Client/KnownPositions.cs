using System.Collections.Concurrent;
using BankAccounts.V1;

namespace BankAccounts.Client;

/// <summary>
/// The last position of each partition that a client has seen: at most one for each partition of the bank.
/// </summary>
internal sealed class KnownPositions
{
    private readonly ConcurrentDictionary<int, long> offsets = [];

    /// <summary>Takes note of a position.</summary>
    public void Note(Position? position)
    {
        if (position is { Offset: >= 0 })
        {
            offsets.AddOrUpdate(
                position.Partition, position.Offset, (_, known) => Math.Max(known, position.Offset));
        }
    }

    /// <summary>Makes a read wait for all of them, unless it names that partition's itself.</summary>
    public void Require(IReadRequest request)
    {
        var named = request.MinPosition.Select(position => position.Partition).ToHashSet();
        request.MinPosition.Add(offsets
            .Where(known => !named.Contains(known.Key))
            .Select(known => new Position { Partition = known.Key, Offset = known.Value }));
    }
}
