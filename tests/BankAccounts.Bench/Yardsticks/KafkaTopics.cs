using System.Diagnostics;
using System.Globalization;
using BankAccounts.Bench.Processes;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>
/// Creates topics for yardsticks beside the bank's own, with as many copies. A broker too old to be asked for it gets
/// them from its own tool, run with the Java and the libraries of the broker's process.
/// </summary>
internal sealed class KafkaTopics(BankUnderTest bank, KafkaClients clients, int brokers)
{
    private static readonly TimeSpan CreateWithin = TimeSpan.FromSeconds(30);

    private readonly int copies = Math.Min(3, brokers);

    public async Task CreateAsync(string topic, int partitions)
    {
        if (clients.IsCurrent)
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig
            {
                BootstrapServers = clients.BootstrapServers,
            }).Build();
            await admin.CreateTopicsAsync(
                [new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = (short)copies }]);
        }
        else
        {
            await CreateByToolAsync(topic, partitions);
        }
        await WaitForLeadersAsync(topic, partitions);
    }

    private async Task CreateByToolAsync(string topic, int partitions)
    {
        var broker = bank.Of("kafka").First();
        var folder = ProcessTable.WorkingFolderOf(broker.Id)
            ?? throw new BenchException("The broker is gone.");
        var line = ProcessTable.CommandLineOf(broker.Id);
        var zooKeeper = (await File.ReadAllLinesAsync(Path.Combine(folder, line[^1])))
            .First(setting => setting.StartsWith("zookeeper.connect=", StringComparison.Ordinal)).Split('=', 2)[1];
        var classPath = Array.IndexOf(line, "-cp");
        var start = new ProcessStartInfo(
            line[0],
            [
                "-Xmx128m", line[classPath], line[classPath + 1], "kafka.admin.TopicCommand",
                "--zookeeper", zooKeeper, "--create", "--topic", topic,
                "--partitions", partitions.ToString(CultureInfo.InvariantCulture),
                "--replication-factor", copies.ToString(CultureInfo.InvariantCulture),
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var tool = Process.Start(start)!;
        var said = await Task.WhenAll(tool.StandardOutput.ReadToEndAsync(), tool.StandardError.ReadToEndAsync());
        await tool.WaitForExitAsync();
        if (tool.ExitCode != 0)
        {
            throw new BenchException($"Topic {topic} could not be created: {string.Concat(said)}");
        }
    }

    private async Task WaitForLeadersAsync(string topic, int partitions)
    {
        using var producer = KafkaClients.NewProducer(clients.ProducerConfig());
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < CreateWithin)
        {
            var metadata = admin.GetMetadata(topic, CreateWithin).Topics.Single();
            if (metadata.Partitions.Count(partition => partition.Leader >= 0) == partitions)
            {
                return;
            }
            await Task.Delay(100);
        }
        throw new BenchException($"Topic {topic} has no leaders after {CreateWithin.TotalSeconds} s.");
    }
}
