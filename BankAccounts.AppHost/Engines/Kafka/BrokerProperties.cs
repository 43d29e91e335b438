using System.Globalization;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>
/// The <c>server.properties</c> of a local broker. Everything that matters is said, no default
/// relied on.
/// </summary>
/// <remarks>Paths are relative to the folder that the broker is started in.</remarks>
public static class BrokerProperties
{
    /// <summary>
    /// How long a broker may be silent before it counts as dead. Short, so that a failover is quick
    /// and a killed broker can be started again soon; long enough for a busy machine's pauses.
    /// </summary>
    public const int SessionTimeoutMs = 4_000;

    /// <summary>For Kafka 0.9 with ZooKeeper.</summary>
    /// <param name="node">1 … the number of brokers.</param>
    /// <param name="ports">The port of each broker; the first is that of node 1.</param>
    /// <param name="zooKeeperPort">Where ZooKeeper listens on 127.0.0.1.</param>
    public static Properties WithZooKeeper(int node, IReadOnlyList<int> ports, int zooKeeperPort)
    {
        var address = Address(ports[node - 1]);
        var properties = new Properties()
            .Set("broker.id", node)
            .Set("listeners", $"PLAINTEXT://{address}")
            .Set("advertised.listeners", $"PLAINTEXT://{address}")
            .Set("zookeeper.connect", Address(zooKeeperPort))
            .Set("zookeeper.session.timeout.ms", SessionTimeoutMs)
            .Set("zookeeper.connection.timeout.ms", 30_000)
            // When everything stops at once there is nobody to hand leadership to: do not insist.
            .Set("controlled.shutdown.max.retries", 1)
            .Set("controlled.shutdown.retry.backoff.ms", 500)
            .Set("delete.topic.enable", true)
            .Set("log.cleaner.enable", true)
            // A broker of this age exits if its copy is longer than the leader's and nothing may be dropped, which
            // happens to the group's offsets when all brokers stop at once. They are nobody's truth here; the bank's
            // topic says for itself that a copy that lacks records never leads.
            .Set("unclean.leader.election.enable", true);
        return Common(properties, node, ports.Count);
    }

    /// <summary>For a current Kafka, where the brokers are their own quorum (KRaft).</summary>
    /// <param name="node">1 … the number of brokers.</param>
    /// <param name="ports">The client port of each broker; the first is that of node 1.</param>
    /// <param name="controllerPorts">The quorum's port of each broker, in the same order.</param>
    public static Properties WithQuorum(
        int node, IReadOnlyList<int> ports, IReadOnlyList<int> controllerPorts)
    {
        var address = Address(ports[node - 1]);
        var controller = Address(controllerPorts[node - 1]);
        var voters = controllerPorts.Select((port, index) => $"{index + 1}@{Address(port)}");
        var properties = new Properties()
            .Set("process.roles", "broker,controller")
            .Set("node.id", node)
            .Set("controller.quorum.voters", string.Join(',', voters))
            .Set("controller.listener.names", "CONTROLLER")
            .Set("inter.broker.listener.name", "PLAINTEXT")
            .Set("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT")
            .Set("listeners", $"PLAINTEXT://{address},CONTROLLER://{controller}")
            .Set("advertised.listeners", $"PLAINTEXT://{address}")
            .Set("broker.session.timeout.ms", SessionTimeoutMs)
            .Set("broker.heartbeat.interval.ms", SessionTimeoutMs / 4)
            .Set("group.initial.rebalance.delay.ms", 0)
            // A copy that lacks records never leads.
            .Set("unclean.leader.election.enable", false)
            .Set("transaction.state.log.replication.factor", Replication(ports.Count))
            .Set("transaction.state.log.min.isr", MinInSync(ports.Count));
        return Common(properties, node, ports.Count);
    }

    /// <summary>The copies of every partition: one on each broker, at most three.</summary>
    public static int Replication(int brokers) => Math.Min(brokers, 3);

    /// <summary>How many copies must have a record before it is acknowledged.</summary>
    public static int MinInSync(int brokers) => Math.Max(1, Replication(brokers) - 1);

    /// <summary><c>127.0.0.1:port</c>: nothing here is for the network.</summary>
    public static string Address(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>The folder of a broker's log, in the working folder of them all.</summary>
    public static string LogFolder(string node) => $"broker-{node}";

    private static Properties Common(Properties properties, int node, int brokers) =>
        properties
            .Set("log.dirs", LogFolder(node.ToString(CultureInfo.InvariantCulture)))
            // The log is the truth: nothing in it is ever dropped.
            .Set("log.retention.ms", -1)
            .Set("log.retention.bytes", -1)
            .Set("default.replication.factor", Replication(brokers))
            .Set("min.insync.replicas", MinInSync(brokers))
            .Set("replica.lag.time.max.ms", 2 * SessionTimeoutMs)
            // The engine creates the topic. One that a client asked for by mistake must not come to
            // be.
            .Set("auto.create.topics.enable", false)
            .Set("num.partitions", 1)
            // Every fetch looks for its place, and an old broker for the log's end as well, record by record from the
            // nearest entry of the index: with the usual 4,096 bytes that is some thirty reads for a record or two.
            .Set("log.index.interval.bytes", 256)
            // Members may choose to be missed after a second, where the broker insists on six.
            .Set("group.min.session.timeout.ms", 1_000)
            .Set("group.max.session.timeout.ms", 300_000)
            .Set("offsets.topic.replication.factor", Replication(brokers))
            .Set("offsets.topic.num.partitions", 8)
            // The cleaner compacts the offsets with a map that fits a small heap, if segments are
            // small as well.
            .Set("offsets.topic.segment.bytes", 10 * 1024 * 1024)
            .Set("log.cleaner.dedupe.buffer.size", 16 * 1024 * 1024)
            .Set("num.network.threads", 2)
            .Set("num.io.threads", 4)
            .Set("num.recovery.threads.per.data.dir", 2);
}
