using System.Globalization;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>The executables that a local Kafka consists of.</summary>
internal abstract class LocalKafkaCluster(
    IDistributedApplicationBuilder builder, string name, string folder, int[] ports)
    : IResourceAnnotation
{
    /// <summary>Ports on 127.0.0.1; the first is that of node 1.</summary>
    public IReadOnlyList<int> Ports { get; } = ports;

    /// <summary>The brokers, node 1 first.</summary>
    public abstract IReadOnlyList<IResourceBuilder<ExecutableResource>> Brokers { get; }

    /// <summary>Adds the program that creates a topic unless it is there, and ends.</summary>
    public abstract IResourceBuilder<ExecutableResource> AddTopicCreation(
        string topic, int partitions);

    /// <summary>
    /// What every topic of the bank is created with, whatever the broker's own defaults are.
    /// </summary>
    protected string[] TopicArguments(string topic, int partitions) =>
    [
        "--topic", topic,
        "--partitions", partitions.ToString(CultureInfo.InvariantCulture),
        "--replication-factor",
        BrokerProperties.Replication(Ports.Count).ToString(CultureInfo.InvariantCulture),
        "--config", "retention.ms=-1",
        "--config", "retention.bytes=-1",
        "--config", "cleanup.policy=delete",
        "--config", "unclean.leader.election.enable=false",
        "--config", string.Create(
            CultureInfo.InvariantCulture,
            $"min.insync.replicas={BrokerProperties.MinInSync(Ports.Count)}"),
    ];

    /// <summary>Adds an executable named after the Kafka, which runs in its folder.</summary>
    protected IResourceBuilder<ExecutableResource> Add(
        string role, string program, params string[] arguments) =>
        builder.AddExecutable($"{name}-{role}", program, folder, arguments);

    /// <summary>Adds the endpoint and the health check of a broker.</summary>
    protected IResourceBuilder<ExecutableResource> AsBroker(
        IResourceBuilder<ExecutableResource> executable, int node) =>
        executable
            // Clients are told the broker's own address, so nothing may stand between them and it.
            .WithEndpoint(
                port: Ports[node - 1], targetPort: Ports[node - 1], scheme: "tcp",
                name: LocalKafka.Endpoint, isProxied: false)
            .WithBrokerHealthCheck(node, Ports[node - 1]);

    /// <summary>Writes a configuration file and gives its path within the folder.</summary>
    protected string Write(string file, Properties properties)
    {
        Directory.CreateDirectory(Path.Combine(folder, "config"));
        var path = Path.Combine("config", file);
        properties.WriteTo(Path.Combine(folder, path));
        return path;
    }
}
