using Aspire.Confluent.Kafka;
using Confluent.Kafka;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Registers a singleton <see cref="IProducer{TKey, TValue}" />, which is built when it is first
/// asked for and disposed with the container, and its health check. Settings come from the sections
/// <c>Aspire:Confluent:Kafka:Producer</c> and
/// <c>Aspire:Confluent:Kafka:Producer:{connectionName}</c> (each with <c>Config</c>, the properties
/// of librdkafka), then the connection string of that name, then <c>configureSettings</c>. The
/// keyed registrations use the name as the key too.
/// </summary>
public static class AspireKafkaProducerExtensions
{
    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, null, null);

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, configureSettings, null);

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, null, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, null, configureBuilder);

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings,
        Action<ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, configureSettings, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, connectionName, keyed: false, configureSettings, configureBuilder);

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name)
        => ProducerRegistration.Add<TKey, TValue>(builder, name, keyed: true, null, null);

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<KafkaProducerSettings>? configureSettings)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, configureSettings, null);

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, null, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, null, configureBuilder);

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<KafkaProducerSettings>? configureSettings,
        Action<ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, configureSettings, Wrap(configureBuilder));

    /// <inheritdoc cref="AspireKafkaProducerExtensions" />
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string name,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
        => ProducerRegistration.Add<TKey, TValue>(
            builder, name, keyed: true, configureSettings, configureBuilder);

    private static Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? Wrap<TKey, TValue>(
        Action<ProducerBuilder<TKey, TValue>>? configure)
        => configure is null ? null : (_, builder) => configure(builder);
}
