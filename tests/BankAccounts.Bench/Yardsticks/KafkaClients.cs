using BankAccounts.Bench.Processes;
using BankAccounts.Tests.Files;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>
/// Kafka clients as the bank's own are: the same library, the settings of the services and those that the AppHost
/// gave them for its broker. What a yardstick changes it says.
/// </summary>
internal sealed class KafkaClients(BankUnderTest bank)
{
    /// <summary>Whether the broker can be asked to create a topic: those before 0.10 cannot.</summary>
    public bool IsCurrent => ProducerConfig().ApiVersionRequest != false;

    public string BootstrapServers { get; } = bank.Variable("command-service", "ConnectionStrings__kafka");

    /// <summary>The settings of CommandService's producer.</summary>
    public ProducerConfig ProducerConfig()
    {
        var config = new ProducerConfig();
        Configuration("command-service", "CommandService").GetSection("Aspire:Confluent:Kafka:Producer:Config").Bind(config);
        config.BootstrapServers = BootstrapServers;
        return config;
    }

    /// <summary>The settings of ProjectionService's consumer, in a group of its own that commits nothing.</summary>
    public ConsumerConfig ConsumerConfig()
    {
        var config = new ConsumerConfig();
        Configuration("projection-service", "ProjectionService").GetSection("Aspire:Confluent:Kafka:Consumer:Config").Bind(config);
        config.BootstrapServers = BootstrapServers;
        config.GroupId = "bench";
        config.EnableAutoCommit = false;
        config.AllowAutoCreateTopics = false;
        return config;
    }

    public static IProducer<byte[], byte[]> NewProducer(ProducerConfig config) =>
        new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();

    public IConsumer<byte[], byte[]> NewConsumer(ConsumerConfig? config = null) =>
        new ConsumerBuilder<byte[], byte[]>(config ?? ConsumerConfig()).SetLogHandler((_, _) => { }).Build();

    private IConfigurationRoot Configuration(string service, string folder) => new ConfigurationBuilder()
        .AddJsonFile(RepositoryFiles.PathOf(folder, "appsettings.json"))
        .AddInMemoryCollection(bank.Of(service).First().Environment.Select(variable => KeyValuePair.Create(
            variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)))
        .Build();
}
