using System.Globalization;

namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>A node of a local Redis Cluster: where it listens, and which slots are its own.</summary>
/// <param name="Port">For clients, on 127.0.0.1.</param>
/// <param name="BusPort">For the other nodes, on 127.0.0.1.</param>
/// <param name="FirstSlot">0 … 16,383.</param>
/// <param name="LastSlot">Not below <paramref name="FirstSlot"/>.</param>
public sealed record RedisClusterNode(int Port, int BusPort, int FirstSlot, int LastSlot)
{
    /// <summary>The hash slots of every Redis Cluster.</summary>
    public const int Slots = 16_384;

    private static readonly TimeSpan MeetAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>Nodes that share the slots evenly.</summary>
    /// <param name="count">How many: 1 … 50.</param>
    /// <exception cref="BankStartException">There are not as many free ports.</exception>
    public static IReadOnlyList<RedisClusterNode> Pick(int count)
    {
        var ports = LoopbackPorts.Pick(2 * count);
        return
        [
            .. Enumerable.Range(0, count).Select(node => new RedisClusterNode(
                ports[node], ports[count + node], Slots * node / count, (Slots * (node + 1) / count) - 1)),
        ];
    }

    /// <summary>
    /// Takes the node into its cluster: it takes its slots unless somebody has them, and makes itself known to
    /// nodes. Their ports are others at each start, so this is due at each start.
    /// </summary>
    /// <exception cref="IOException">Redis refuses it.</exception>
    public async Task JoinAsync(IEnumerable<RedisClusterNode> others, CancellationToken cancellationToken)
    {
        var taken = await RedisWords.AskAsync(
            Port, Text($"CLUSTER ADDSLOTSRANGE {FirstSlot} {LastSlot}"), cancellationToken);
        if (taken != "+OK" && !taken.EndsWith("is already busy", StringComparison.Ordinal))
        {
            throw new IOException($"The Redis on 127.0.0.1:{Port} does not take its slots: {taken}");
        }

        foreach (var other in others)
        {
            await MeetAsync(other, cancellationToken);
        }
    }

    /// <summary>Whether an answer to <c>CLUSTER NODES</c> knows a node by its present address.</summary>
    public static bool Knows(string nodes, RedisClusterNode other) =>
        nodes.Contains(Text($" 127.0.0.1:{other.Port}@{other.BusPort}"), StringComparison.Ordinal);

    /// <summary>
    /// Whether an answer to <c>CLUSTER INFO</c> tells of a cluster of so many nodes that has all slots.
    /// </summary>
    public static bool IsWhole(string info, int nodes)
    {
        var lines = info.Split('\n', StringSplitOptions.TrimEntries);
        return lines.Contains("cluster_state:ok")
            && lines.Contains(Text($"cluster_slots_ok:{Slots}"))
            && lines.Contains(Text($"cluster_known_nodes:{nodes}"));
    }

    /// <summary>Until it is known: the other one may not be up yet, and an introduction may get lost.</summary>
    private async Task MeetAsync(RedisClusterNode other, CancellationToken cancellationToken)
    {
        while (!Knows(await RedisWords.AskAsync(Port, "CLUSTER NODES", cancellationToken), other))
        {
            await RedisWords.AskAsync(
                Port, Text($"CLUSTER MEET 127.0.0.1 {other.Port} {other.BusPort}"), cancellationToken);
            await Task.Delay(MeetAgainAfter, cancellationToken);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
