using Aspire.Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.ServiceDefaults.Kafka;

/// <summary>The producer of the services that append to the log.</summary>
public static class LogProducerSetup
{
    /// <summary>Adds the producer, and who hears its errors.</summary>
    public static void AddLogProducer(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProducerGuard>();
        builder.AddKafkaProducer<byte[], byte[]>("kafka", Configure, (services, producer) =>
        {
            var guard = services.GetRequiredService<ProducerGuard>();
            producer.SetErrorHandler((_, error) => guard.OnError(error));
        });
    }

    /// <summary>What configuration cannot say of the producer.</summary>
    internal static void Configure(KafkaProducerSettings settings)
    {
        (settings.DisableHealthChecks, settings.DisableMetrics, settings.DisableTracing) = (true, true, true);
        // Where a record stands, and whether it may stand there after an error, is all that is asked of a report. What
        // was sent need not come back with it.
        settings.Config.DeliveryReportFields = "status";
        // By its name: it is no property of ProducerConfig, though producers have it, and have it on by themselves.
        settings.Config.Set("allow.auto.create.topics", "false");
    }
}
