using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>Real Apache Kafka as processes of this machine, for development and tests.</summary>
public static class LocalKafka
{
    /// <summary>How the endpoint of a broker is called.</summary>
    public const string Endpoint = "tcp";

    /// <summary>
    /// Adds a Kafka of one or more brokers on loopback and free ports, with its data in the
    /// AppHost's <see cref="DataFolder" />. The resource is its connection string, a bootstrap
    /// list; the brokers <c>{name}-broker-1</c>, … are executables of their own, so that each can
    /// be stopped and started.
    /// </summary>
    /// <remarks>
    /// The distribution is that of <c>KAFKA_HOME</c>, else the one that <c>./bank setup</c>
    /// fetched. With three brokers every record has three copies, two of which must have it before
    /// it is acknowledged.
    /// </remarks>
    /// <param name="builder">The AppHost.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="brokers">1 … 9.</param>
    /// <exception cref="BankStartException">
    /// Java or the distribution is missing, or the data is of another Kafka or number of brokers.
    /// </exception>
    public static IResourceBuilder<ConnectionStringResource> AddLocalKafka(
        this IDistributedApplicationBuilder builder, string name, int brokers = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(brokers, 9);

        var distribution = KafkaDistribution.Find(builder.AppHostDirectory);
        var folder = DataFolder.Of(builder).For(name);
        KafkaMaker.Claim(folder, distribution, brokers);

        LocalKafkaCluster cluster = distribution.IsKRaft
            ? new QuorumCluster(builder, name, distribution, folder, brokers)
            : new ZooKeeperCluster(builder, name, distribution, folder, brokers);

        var bootstrap = new ReferenceExpressionBuilder();
        foreach (var broker in cluster.Brokers)
        {
            bootstrap.AppendLiteral(bootstrap.IsEmpty ? "127.0.0.1:" : ",127.0.0.1:");
            bootstrap.Append($"{broker.GetEndpoint(Endpoint).Property(EndpointProperty.Port)}");
        }

        var kafka = builder.AddConnectionString(name, bootstrap.Build()).WithAnnotation(cluster);
        foreach (var broker in cluster.Brokers)
        {
            // The connection string alone would wait for its start only.
            kafka.WaitFor(broker);
        }

        return distribution.IsKRaft ? kafka : kafka.WithAnnotation(KafkaClientSettings.ForKafka09);
    }

    /// <summary>
    /// Creates a topic with unlimited retention unless it is there, and lets the Kafka count as
    /// healthy only when the topic has its partitions and each has a leader.
    /// </summary>
    /// <param name="kafka">A Kafka of <see cref="AddLocalKafka" />.</param>
    /// <param name="topic">The topic: letters, digits, <c>-</c>.</param>
    /// <param name="partitions">How many partitions; an existing topic is never changed.</param>
    public static IResourceBuilder<ConnectionStringResource> WithTopic(
        this IResourceBuilder<ConnectionStringResource> kafka, string topic, int partitions)
    {
        if (topic.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '-'))
        {
            throw new ArgumentException($"'{topic}' is no name for a topic here.", nameof(topic));
        }

        var cluster = kafka.Resource.Annotations.OfType<LocalKafkaCluster>().Single();
        var creation = cluster.AddTopicCreation(topic, partitions);
        foreach (var broker in cluster.Brokers)
        {
            creation.WaitFor(broker);
        }

        var key = $"{kafka.Resource.Name}_{topic}";
        kafka.ApplicationBuilder.Services.AddHealthChecks().AddAsyncCheck(
            key, cancellation => CheckTopicAsync(cluster.Ports, topic, partitions, cancellation));
        return kafka.WaitForCompletion(creation).WithHealthCheck(key);
    }

    /// <summary>
    /// Lets a broker count as healthy when it answers and the cluster has taken it in.
    /// </summary>
    internal static IResourceBuilder<ExecutableResource> WithBrokerHealthCheck(
        this IResourceBuilder<ExecutableResource> broker, int node, int port)
    {
        var key = $"{broker.Resource.Name}_answers";
        broker.ApplicationBuilder.Services.AddHealthChecks().AddAsyncCheck(
            key, cancellation => CheckBrokerAsync(node, port, cancellation));
        return broker.WithHealthCheck(key);
    }

    private static async Task<HealthCheckResult> CheckBrokerAsync(
        int node, int port, CancellationToken cancellationToken) =>
        await TryAskAsync(port, cancellationToken) is not { } metadata
            ? HealthCheckResult.Unhealthy($"nothing answers on 127.0.0.1:{port}")
            : metadata.Brokers.Contains(node)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("the cluster has not taken the broker in yet");

    private static async Task<HealthCheckResult> CheckTopicAsync(
        IReadOnlyList<int> ports, string topic, int partitions, CancellationToken cancellationToken)
    {
        foreach (var port in ports)
        {
            if (await TryAskAsync(port, cancellationToken) is { } metadata)
            {
                return JudgeTopic(metadata, topic, partitions);
            }
        }

        return HealthCheckResult.Unhealthy("no broker answers");
    }

    /// <summary>Whether the topic can be used as it was asked for.</summary>
    internal static HealthCheckResult JudgeTopic(
        KafkaMetadata metadata, string topic, int partitions) =>
        metadata.LedPartitions.TryGetValue(topic, out var led)
            ? led >= partitions
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(
                    $"topic {topic}: {led} of {partitions} partitions have a leader")
            : HealthCheckResult.Unhealthy($"topic {topic} is not there");

    private static async Task<KafkaMetadata?> TryAskAsync(
        int port, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            return await KafkaMetadata.AskAsync(port, patience.Token);
        }
        catch (Exception problem) when (problem is SocketException or IOException
                                        || (problem is OperationCanceledException
                                            && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
