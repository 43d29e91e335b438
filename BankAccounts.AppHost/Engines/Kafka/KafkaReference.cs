namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>How a service is connected to Kafka.</summary>
public static class KafkaReference
{
    /// <summary>
    /// References a Kafka: its connection string, and with it the client settings that its brokers
    /// need, if they need any.
    /// </summary>
    public static IResourceBuilder<T> WithKafka<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> kafka)
        where T : IResourceWithEnvironment
    {
        builder.WithReference(kafka);
        foreach (var (name, value) in kafka.Resource.Annotations
                     .OfType<KafkaClientSettings>()
                     .SelectMany(settings => settings.AsEnvironment()))
        {
            builder.WithEnvironment(name, value);
        }

        return builder;
    }
}
