using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.ServiceDefaults.Kafka;

/// <summary>The producers of the services that append to the log.</summary>
public static class LogProducerSetup
{
    private const string Connection = "kafka";

    /// <summary>Adds the producers, and who hears their errors.</summary>
    public static void AddLogProducers(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProducerGuard>();
        builder.AddKafkaProducer<byte[], byte[]>(Connection, Configure, HearErrors);
        builder.AddKeyedKafkaProducer<byte[], byte[]>(
            LogProducers.Gathering,
            settings =>
            {
                settings.ConnectionString = builder.Configuration.GetConnectionString(Connection);
                Configure(settings);
            },
            HearErrors);
        builder.Services.AddSingleton(services => new LogProducers(
            services.GetRequiredService<IProducer<byte[], byte[]>>(),
            services.GetRequiredKeyedService<IProducer<byte[], byte[]>>(LogProducers.Gathering)));
    }

    /// <summary>What configuration cannot say of a producer.</summary>
    internal static void Configure(KafkaProducerSettings settings)
    {
        (settings.DisableHealthChecks, settings.DisableMetrics, settings.DisableTracing) = (true, true, true);
        // Where a record stands, and whether it may stand there after an error, is all that is asked of a report. What
        // was sent need not come back with it.
        settings.Config.DeliveryReportFields = "status";
        // By its name: it is no property of ProducerConfig, though producers have it, and have it on by themselves.
        settings.Config.Set("allow.auto.create.topics", "false");
    }

    private static void HearErrors(IServiceProvider services, ProducerBuilder<byte[], byte[]> producer)
    {
        var guard = services.GetRequiredService<ProducerGuard>();
        producer.SetErrorHandler((_, error) => guard.OnError(error));
    }
}
