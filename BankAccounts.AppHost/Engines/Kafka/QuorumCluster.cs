using System.Globalization;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>
/// A current Kafka: brokers that are their own quorum (KRaft), started with Kafka's own scripts.
/// </summary>
internal sealed class QuorumCluster : LocalKafkaCluster
{
    private readonly KafkaDistribution distribution;
    private readonly string folder;

    public QuorumCluster(
        IDistributedApplicationBuilder builder, string name, KafkaDistribution distribution,
        string folder, int brokers)
        : this(builder, name, distribution, folder, LoopbackPorts.Pick(2 * brokers), brokers)
    {
    }

    private QuorumCluster(
        IDistributedApplicationBuilder builder, string name, KafkaDistribution distribution,
        string folder, int[] ports, int brokers)
        : base(builder, name, folder, ports[..brokers])
    {
        this.distribution = distribution;
        this.folder = folder;
        var cluster = ClusterId.In(folder);
        Brokers = [.. Ports.Select((_, index) => AddBroker(index + 1, cluster, ports[brokers..]))];
    }

    /// <inheritdoc />
    public override IReadOnlyList<IResourceBuilder<ExecutableResource>> Brokers { get; }

    /// <inheritdoc />
    public override IResourceBuilder<ExecutableResource> AddTopicCreation(
        string topic, int partitions) =>
        WithJvm(
            Add(
                $"topic-{topic}", Script("kafka-topics"),
                [
                    "--bootstrap-server", string.Join(',', Ports.Select(BrokerProperties.Address)),
                    "--create", "--if-not-exists", .. TopicArguments(topic, partitions),
                ]),
            heapMegabytes: 128);

    private IResourceBuilder<ExecutableResource> AddBroker(
        int node, string cluster, int[] controllerPorts)
    {
        var properties = Write(
            $"broker-{node}.properties", BrokerProperties.WithQuorum(node, Ports, controllerPorts));
        var format = WithJvm(
            Add(
                $"format-{node}", Script("kafka-storage"),
                "format", "--ignore-formatted", "--cluster-id", cluster, "--config", properties),
            heapMegabytes: 128);
        var broker = WithJvm(
            Add($"broker-{node}", Script("kafka-server-start"), properties),
            heapMegabytes: 512);
        return AsBroker(broker, node).WaitForCompletion(format);
    }

    private string Script(string name) => Path.Combine(distribution.Home, "bin", $"{name}.sh");

    private IResourceBuilder<ExecutableResource> WithJvm(
        IResourceBuilder<ExecutableResource> executable, int heapMegabytes) =>
        executable
            .WithEnvironment(
                "KAFKA_HEAP_OPTS",
                string.Create(CultureInfo.InvariantCulture, $"-Xmx{heapMegabytes}m"))
            .WithEnvironment("LOG_DIR", Path.Combine(folder, "logs"));
}
