using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Confluent.Kafka;

internal static class ProducerRegistration
{
    private const string Section = "Aspire:Confluent:Kafka:Producer";
    private const string Name = "Aspire.Confluent.Kafka.Producer";

    public static void Add<TKey, TValue>(
        IHostApplicationBuilder builder,
        string connectionName,
        bool keyed,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = ReadSettings(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);
        settings.Consolidate();

        if (keyed)
        {
            builder.Services.AddKeyedSingleton(
                connectionName, (sp, _) => Build(sp, settings, configureBuilder));
        }
        else
        {
            builder.Services.AddSingleton(sp => Build(sp, settings, configureBuilder));
        }

        if (!settings.DisableHealthChecks)
        {
            KafkaHealthCheck.Register(
                builder, keyed ? $"{Name}_{connectionName}" : Name, settings.Config);
        }
    }

    private static KafkaProducerSettings ReadSettings(
        IConfiguration configuration, string connectionName)
    {
        var section = configuration.GetSection(Section);
        var named = section.GetSection(connectionName);
        var settings = new KafkaProducerSettings();
        foreach (var source in new[] { section, named })
        {
            source.Bind(settings);
            // Config has no setter and enumerates its properties, for which the binder takes it for
            // a collection when it is bound as a member.
            source.GetSection(nameof(settings.Config)).Bind(settings.Config);
        }

        settings.ConnectionString =
            configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static IProducer<TKey, TValue> Build<TKey, TValue>(
        IServiceProvider services,
        KafkaProducerSettings settings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
    {
        settings.Validate();
        var logger = services.GetRequiredService<ILoggerFactory>()
            .CreateLogger(KafkaClientLog.Category);
        KafkaClientLog.WarnOfWhatIsMissing(
            logger, Name, settings.DisableMetrics, settings.DisableTracing);

        var builder = new ProducerBuilder<TKey, TValue>(settings.Config);
        configureBuilder?.Invoke(services, builder);
        try
        {
            builder.SetLogHandler((_, message) => KafkaClientLog.Write(logger, message));
        }
        catch (InvalidOperationException)
        {
            logger.LogHandlerIsTaken();
        }

        return builder.Build();
    }
}
