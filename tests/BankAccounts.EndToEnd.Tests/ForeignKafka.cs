using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using BankAccounts.AppHost.Engines.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>A plain client of the bank's Kafka, which shares nothing with the services.</summary>
public static class ForeignKafka
{
    private const string Topic = "bank-accounts";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Appends any bytes to a partition, which no CommandService would; the result is their offset.</summary>
    public static async Task<long> AppendAsync(Bank bank, int partition, byte[] key, byte[] value)
    {
        var config = new ProducerConfig(await ConfigAsync(bank)) { Acks = Acks.All };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var delivered = await producer.ProduceAsync(
            new TopicPartition(Topic, partition), new Message<byte[], byte[]> { Key = key, Value = value });
        return delivered.Offset.Value;
    }

    /// <summary>The partitions of the log, with the brokers that have copies and those whose copies are whole.</summary>
    public static async Task<IReadOnlyList<PartitionMetadata>> PartitionsAsync(Bank bank)
    {
        using var client = new AdminClientBuilder(await ConfigAsync(bank)).Build();
        return client.GetMetadata(Topic, Patience).Topics.Single().Partitions;
    }

    private static async Task<ClientConfig> ConfigAsync(Bank bank)
    {
        var config = new ClientConfig { BootstrapServers = await bank.App.GetConnectionStringAsync("kafka") };
        var kafka = bank.App.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .Single(resource => resource.Name == "kafka");
        if (kafka.Annotations.OfType<KafkaClientSettings>().Any(settings => settings.Shared.Count > 0))
        {
            (config.ApiVersionRequest, config.BrokerVersionFallback) = (false, "0.9.0.1");
        }
        return config;
    }
}
