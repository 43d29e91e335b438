using Aspire.Confluent.Kafka;
using Confluent.Kafka;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Registers a singleton <see cref="IConsumer{TKey, TValue}" />, which is built when it is first
/// asked for and disposed with the container, and its health check. Settings come from the sections
/// <c>Aspire:Confluent:Kafka:Consumer</c> and
/// <c>Aspire:Confluent:Kafka:Consumer:{connectionName}</c> (each with <c>Config</c>, the properties
/// of librdkafka), then the connection string of that name, then <c>configureSettings</c>. The
/// keyed registrations use the name as the key too.
/// </summary>
public static class AspireKafkaConsumerExtensions
{
    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, null, null);

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, configureSettings, null);

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, null, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, null, configureBuilder);

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, configureSettings, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, configureSettings, configureBuilder);

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name)
        => ConsumerRegistration.Add<TKey, TValue>(builder, name, keyed: true, null, null);

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<KafkaConsumerSettings>? configureSettings)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, configureSettings, null);

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, null, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, null, configureBuilder);

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, configureSettings, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaConsumerExtensions" />
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => ConsumerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, configureSettings, configureBuilder);

    private static Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? Wrap<TKey, TValue>(
        Action<ConsumerBuilder<TKey, TValue>>? configure)
        => configure is null ? null : (_, builder) => configure(builder);
}
