using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using BankAccounts.AppHost.Engines.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>Writes to the log what no CommandService would: a plain client of the bank's Kafka.</summary>
public static class ForeignProducer
{
    /// <summary>Appends any bytes to a partition; the result is their offset.</summary>
    public static async Task<long> AppendAsync(Bank bank, int partition, byte[] key, byte[] value)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = await bank.App.GetConnectionStringAsync("kafka"),
            Acks = Acks.All,
        };
        var kafka = bank.App.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .Single(resource => resource.Name == "kafka");
        if (kafka.Annotations.OfType<KafkaClientSettings>().Any(settings => settings.Shared.Count > 0))
        {
            (config.ApiVersionRequest, config.BrokerVersionFallback) = (false, "0.9.0.1");
        }
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var delivered = await producer.ProduceAsync(
            new TopicPartition("bank-accounts", partition), new Message<byte[], byte[]> { Key = key, Value = value });
        return delivered.Offset.Value;
    }
}
