using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>Kafka 0.9: one ZooKeeper, and brokers that lean on it.</summary>
/// <remarks>
/// Java is started directly: the distribution's own scripts pass flags that a current Java refuses.
/// </remarks>
internal sealed class ZooKeeperCluster : LocalKafkaCluster
{
    private readonly KafkaDistribution distribution;
    private readonly string java;
    private readonly string logging;
    private readonly int zooKeeperPort;

    /// <exception cref="BankStartException">There is no Java.</exception>
    public ZooKeeperCluster(
        IDistributedApplicationBuilder builder, string name, KafkaDistribution distribution,
        string folder, int brokers)
        : this(builder, name, distribution, folder, LoopbackPorts.Pick(brokers + 1))
    {
    }

    private ZooKeeperCluster(
        IDistributedApplicationBuilder builder, string name, KafkaDistribution distribution,
        string folder, int[] ports)
        : base(builder, name, folder, ports[1..])
    {
        this.distribution = distribution;
        java = Programs.Java()
               ?? throw new BankStartException(
                   "Kafka needs Java, and there is none: run ./bank setup.");
        zooKeeperPort = ports[0];
        Directory.CreateDirectory(Path.Combine(folder, "logs"));
        logging = Write("log4j.properties", ZooKeeperProperties.Logging());

        var zooKeeper = AddZooKeeper(builder, name);
        Brokers = [.. Ports.Select((_, index) => AddBroker(builder, zooKeeper, index + 1))];
    }

    /// <inheritdoc />
    public override IReadOnlyList<IResourceBuilder<ExecutableResource>> Brokers { get; }

    /// <inheritdoc />
    public override IResourceBuilder<ExecutableResource> AddTopicCreation(
        string topic, int partitions)
    {
        // This old tool has no --if-not-exists, and each run of it costs seconds: so a shell looks whether a broker
        // has a partition of the topic, and asks the tool only if creating it failed. $0 is the topic, $@ the tool.
        const string unlessThere = """
            for partition in broker-*/"$0"-[0-9]*; do test ! -d "$partition" || exit 0; done
            "$@" --create {0} || "$@" --list | grep -qxF -- "$0"
            """;
        string[] tool =
        [
            java, .. Jvm("topic", heapMegabytes: 128),
            "kafka.admin.TopicCommand", "--zookeeper", BrokerProperties.Address(zooKeeperPort),
        ];
        return Add(
            $"topic-{topic}", "/bin/sh",
            [
                "-c", unlessThere.Replace(
                    "{0}", string.Join(' ', TopicArguments(topic, partitions)), StringComparison.Ordinal),
                topic, .. tool,
            ]);
    }

    private IResourceBuilder<ExecutableResource> AddZooKeeper(
        IDistributedApplicationBuilder builder, string name)
    {
        var properties = Write("zookeeper.properties", ZooKeeperProperties.For(zooKeeperPort));
        var key = $"{name}-zookeeper_serves";
        builder.Services.AddHealthChecks().AddAsyncCheck(key, IsServingAsync);
        return Add(
                "zookeeper", java,
                [
                    .. Jvm("zookeeper", heapMegabytes: 256),
                    "org.apache.zookeeper.server.quorum.QuorumPeerMain", properties,
                ])
            .WithEndpoint(
                port: zooKeeperPort, targetPort: zooKeeperPort, scheme: "tcp",
                name: LocalKafka.Endpoint, isProxied: false)
            .WithHealthCheck(key);
    }

    private IResourceBuilder<ExecutableResource> AddBroker(
        IDistributedApplicationBuilder builder, IResourceBuilder<ExecutableResource> zooKeeper,
        int node)
    {
        var role = $"broker-{node}";
        var properties = Write(
            $"{role}.properties", BrokerProperties.WithZooKeeper(node, Ports, zooKeeperPort));
        var broker = Add(
            role, java, [.. Jvm(role, heapMegabytes: 512), "kafka.Kafka", properties]);

        // At the start of the AppHost as well as when a killed broker is started again.
        builder.Eventing.Subscribe<BeforeResourceStartedEvent>(
            broker.Resource,
            (_, cancellation) =>
                ZooKeeperWords.WaitUntilBrokerIsForgottenAsync(zooKeeperPort, node, cancellation));
        return AsBroker(broker, node).WaitFor(zooKeeper);
    }

    private string[] Jvm(string role, int heapMegabytes) =>
    [
        // A heap so small needs no collector with threads of its own, which all others on the machine would pay for.
        $"-Xmx{heapMegabytes}m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true",
        $"-Dlog4j.configuration=file:{logging}", $"-Dbank.log=logs/{role}.log",
        "-cp", Path.Combine(distribution.Home, "libs", "*"),
    ];

    private async Task<HealthCheckResult> IsServingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ZooKeeperWords.IsServingAsync(zooKeeperPort, cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("it answers, but does not serve");
        }
        catch (Exception problem)
            when (problem is SocketException or IOException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy($"nothing answers on 127.0.0.1:{zooKeeperPort}");
        }
    }
}
