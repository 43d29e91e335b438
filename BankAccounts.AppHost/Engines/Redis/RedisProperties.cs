namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>The <c>redis.conf</c> of a local Redis.</summary>
public static class RedisProperties
{
    /// <summary>
    /// How long a node of a cluster may be silent before the others take it for failed: long enough for a busy
    /// machine's pauses.
    /// </summary>
    private const int NodeTimeoutMs = 4_000;

    /// <summary>For one server.</summary>
    /// <param name="port">Where it listens on 127.0.0.1.</param>
    public static Properties For(int port) =>
        new Properties()
            .Set("bind", "127.0.0.1")
            .Set("port", port)
            .Set("protected-mode", "yes")
            .Set("daemonize", "no")
            .Set("dir", "./")
            // What Redis loses is rebuilt from the log, so a second at most may be missing after a
            // crash.
            .Set("appendonly", "yes")
            .Set("appendfsync", "everysec")
            // To write the file anew goes over all there is, which under load would be every few seconds by default.
            .Set("auto-aof-rewrite-min-size", "512mb")
            .Set("auto-aof-rewrite-percentage", 200)
            // Short binary values: the search for what repeats takes as long as all the rest, and finds nothing.
            .Set("rdbcompression", "no")
            .Set("save", "\"\"")
            // An answer that was dropped in silence would be a wrong answer.
            .Set("maxmemory-policy", "noeviction");

    /// <summary>For a node of a Redis Cluster (Redis 7 or newer).</summary>
    /// <param name="port">Where it listens for clients on 127.0.0.1.</param>
    /// <param name="busPort">Where it listens for the other nodes on 127.0.0.1.</param>
    public static Properties ForNode(int port, int busPort) =>
        For(port)
            .Set("cluster-enabled", "yes")
            // Which nodes there are and who has which slots: it outlives the node, as its data does.
            .Set("cluster-config-file", "nodes.conf")
            .Set("cluster-port", busPort)
            .Set("cluster-announce-ip", "127.0.0.1")
            .Set("cluster-node-timeout", NodeTimeoutMs)
            // A node that is away takes its partitions with it, and no others.
            .Set("cluster-require-full-coverage", "no");
}
