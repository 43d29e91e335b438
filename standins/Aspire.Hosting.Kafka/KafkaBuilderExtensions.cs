using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>
/// Describes Kafka in containers. Nothing of it can be started here, see the README.
/// </summary>
public static class KafkaBuilderExtensions
{
    private const int BrokerPort = 9092;
    private const int UserInterfacePort = 8080;

    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name, which is also the connection's.</param>
    /// <param name="port">The port that callers use; chosen at the start if not given.</param>
    public static IResourceBuilder<KafkaServerResource> AddKafka(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new KafkaServerResource(name))
            .WithImage("confluentinc/confluent-local", "8.1.1")
            .WithEndpoint(port, BrokerPort, name: KafkaServerResource.PrimaryEndpointName);
    }

    public static IResourceBuilder<KafkaServerResource> WithDataVolume(
        this IResourceBuilder<KafkaServerResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithVolume(name ?? $"{builder.Resource.Name}-data", "/var/lib/kafka/data", isReadOnly);
    }

    public static IResourceBuilder<KafkaServerResource> WithKafkaUI(
        this IResourceBuilder<KafkaServerResource> builder,
        Action<IResourceBuilder<KafkaUIContainerResource>>? configureContainer = null,
        string? containerName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = containerName ?? "kafka-ui";
        if (!builder.ApplicationBuilder.TryCreateResourceBuilder<KafkaUIContainerResource>(name, out var userInterface))
        {
            userInterface = builder.ApplicationBuilder.AddResource(new KafkaUIContainerResource(name))
                .WithImage("kafbat/kafka-ui", "v1.4.2")
                .WithHttpEndpoint(targetPort: UserInterfacePort);
        }
        userInterface.WithReferenceRelationship(builder.Resource);
        configureContainer?.Invoke(userInterface);
        return builder;
    }

    public static IResourceBuilder<KafkaUIContainerResource> WithHostPort(
        this IResourceBuilder<KafkaUIContainerResource> builder, int? port)
        => builder.WithEndpoint("http", endpoint => endpoint.Port = port);
}
