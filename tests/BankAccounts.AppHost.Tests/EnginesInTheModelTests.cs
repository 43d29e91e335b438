using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using BankAccounts.AppHost.Engines;
using BankAccounts.AppHost.Engines.Kafka;

namespace BankAccounts.AppHost.Tests;

/// <summary>Which resources stand for Kafka and Redis. Nothing is started here.</summary>
public sealed class EnginesInTheModelTests : IDisposable
{
    private readonly string? kafkaHomeBefore = Environment.GetEnvironmentVariable("KAFKA_HOME");
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("bank-model-");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("KAFKA_HOME", kafkaHomeBefore);
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task A_configured_connection_string_wins_and_no_engine_is_added()
    {
        var builder = Builder(
            "--ConnectionStrings:kafka=one:9092,two:9092", "--ConnectionStrings:redis=three:6379",
            "--engines=local");

        var kafka = AddBoth(builder);

        Assert.Empty(builder.Resources.OfType<ExecutableResource>());
        Assert.Empty(builder.Resources.OfType<ContainerResource>());
        Assert.Equal("one:9092,two:9092", await kafka.Resource.GetConnectionStringAsync());
        var settings = Assert.Single(kafka.Resource.Annotations.OfType<KafkaClientSettings>());
        Assert.Empty(settings.Shared);
        Assert.Empty(settings.Producer);
        Assert.Empty(settings.Consumer);
        Assert.False(settings.TopicIsManaged);
    }

    [Fact]
    public void An_old_Kafka_is_a_ZooKeeper_its_brokers_and_the_creation_of_the_topic()
    {
        UseKafka("0.9.0.1");

        var kafka = AddBoth(Builder("--engines=local", "--brokers=3", "--partitions=24"));

        Assert.Equal(
            [
                "kafka-broker-1", "kafka-broker-2", "kafka-broker-3", "kafka-topic-bank-accounts",
                "kafka-zookeeper", "redis",
            ],
            Executables(kafka.ApplicationBuilder));
        Assert.Single(kafka.Resource.Annotations.OfType<KafkaClientSettings>());
        Assert.Contains(
            "default.replication.factor=3", Lines("kafka", "config", "broker-3.properties"));
        Assert.Contains("bind 127.0.0.1", Lines("redis", "redis.conf"));
        Assert.Equal(
            ["kafka-broker-1", "kafka-broker-2", "kafka-broker-3", "kafka-topic-bank-accounts"],
            WaitedFor(kafka.Resource));
    }

    [Fact]
    public void A_current_Kafka_is_its_brokers_each_formatted_first_and_tells_its_clients_nothing()
    {
        UseKafka("4.1.0");

        var kafka = AddBoth(Builder("--engines=local"));

        Assert.Equal(
            ["kafka-broker-1", "kafka-format-1", "kafka-topic-bank-accounts", "redis"],
            Executables(kafka.ApplicationBuilder));
        Assert.Empty(kafka.Resource.Annotations.OfType<KafkaClientSettings>());
        Assert.Contains(
            "process.roles=broker,controller", Lines("kafka", "config", "broker-1.properties"));
        var broker = kafka.ApplicationBuilder.Resources
            .Single(resource => resource.Name == "kafka-broker-1");
        Assert.Equal(["kafka-format-1"], WaitedFor(broker));
    }

    [Theory]
    [InlineData(null, new string[0], -1)]
    [InlineData("--partitions=24", new string[0], 24)]
    [InlineData(null, new[] { "bank-accounts-0", "bank-accounts-14", "bank-accounts-raw", "bank-accounts-23-delete" }, 15)]
    [InlineData("--partitions=15", new[] { "bank-accounts-0", "bank-accounts-14" }, 15)]
    [InlineData("--partitions=16", new[] { "bank-accounts-0", "bank-accounts-14" }, 16)]
    [InlineData("--fresh=true", new[] { "bank-accounts-0", "bank-accounts-14" }, -1)]
    public void A_log_keeps_its_partitions_and_a_new_one_has_what_suits_the_machine(
        string? option, string[] there, int expected)
    {
        UseKafka("4.1.0");
        KeepInLog(there);

        var builder = Builder(["--engines=local", .. option is null ? [] : new[] { option }]);

        Assert.Equal(
            expected > 0 ? expected : MachineSize.OfThisOne.Partitions,
            LogPartitions.Of(builder, "kafka", BankSettings.Read(builder.Configuration)));
    }

    [Fact]
    public void Fewer_partitions_than_the_log_has_are_refused()
    {
        UseKafka("4.1.0");
        KeepInLog("bank-accounts-0", "bank-accounts-11");

        var problem = Assert.Throws<BankStartException>(() => AddBoth(Builder("--engines=local", "--partitions=6")));

        Assert.Contains("has 12 partitions and never shrinks", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--engines=containers")]
    [InlineData("--ConnectionStrings:kafka=one:9092")]
    public void A_log_that_cannot_be_looked_at_has_as_many_partitions_as_usual(string option)
    {
        var builder = Builder(option);

        Assert.Equal(12, LogPartitions.Of(builder, "kafka", BankSettings.Read(builder.Configuration)));
    }

    [Fact]
    public void A_Redis_Cluster_is_its_nodes_each_with_a_folder_and_one_connection_string()
    {
        UseKafka("4.1.0");
        var builder = Builder("--engines=local", "--redis-cluster=true");

        AddBoth(builder);

        Assert.Equal(
            ["redis-node-1", "redis-node-2", "redis-node-3"],
            Executables(builder).Where(name => name.StartsWith("redis", StringComparison.Ordinal)));
        var redis = builder.Resources.OfType<ConnectionStringResource>().Single(resource => resource.Name == "redis");
        Assert.Equal(["redis-node-1", "redis-node-2", "redis-node-3"], WaitedFor(redis));
        Assert.Equal(
            string.Join(',', Enumerable.Range(1, 3).Select(node => $"127.0.0.1:{{redis-node-{node}.bindings.tcp.port}}")),
            redis.ConnectionStringExpression.ValueExpression);
        Assert.Contains("cluster-enabled yes", Lines("redis", "node-2", "redis.conf"));
        Assert.Contains("maxmemory-policy noeviction", Lines("redis", "node-2", "redis.conf"));
    }

    [Fact]
    public void A_Redis_Cluster_in_containers_is_refused() =>
        Assert.Throws<BankStartException>(() => AddBoth(Builder("--engines=containers", "--redis-cluster=true")));

    [Fact]
    public void Containers_are_Aspires_own_integrations()
    {
        var kafka = AddBoth(Builder("--engines=containers"));

        Assert.IsType<KafkaServerResource>(kafka.Resource);
        Assert.Single(kafka.ApplicationBuilder.Resources.OfType<RedisResource>());
        Assert.Empty(Executables(kafka.ApplicationBuilder));
    }

    [Fact]
    public void Several_brokers_in_containers_are_refused() =>
        Assert.Throws<BankStartException>(
            () => AddBoth(Builder("--engines=containers", "--brokers=3")));

    private string Data => Path.Combine(root.FullName, "data");

    private void KeepInLog(params string[] partitions)
    {
        foreach (var partition in partitions)
        {
            Directory.CreateDirectory(Path.Combine(Data, "kafka", "broker-1", partition));
        }
    }

    private string[] Lines(params string[] file) =>
        File.ReadAllLines(Path.Combine([Data, .. file]));

    private IDistributedApplicationBuilder Builder(params string[] args) =>
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = [$"--data={Data}", .. args],
            AssemblyName = "BankAccounts.AppHost",
            DisableDashboard = true,
        });

    private static IResourceBuilder<IResourceWithConnectionString> AddBoth(
        IDistributedApplicationBuilder builder)
    {
        var settings = BankSettings.Read(builder.Configuration);
        builder.AddBankRedis("redis", settings);
        return builder.AddBankKafka("kafka", settings);
    }

    private static IEnumerable<string> Executables(IDistributedApplicationBuilder builder) =>
        builder.Resources.OfType<ExecutableResource>().Select(resource => resource.Name)
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> WaitedFor(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>()
            .Where(wait => wait.WaitType != WaitType.WaitUntilStarted)
            .Select(wait => wait.Resource.Name).Order(StringComparer.Ordinal);

    private void UseKafka(string version)
    {
        var home = root.CreateSubdirectory($"kafka-{version}");
        var libraries = home.CreateSubdirectory("libs").FullName;
        File.WriteAllText(Path.Combine(libraries, $"kafka-clients-{version}.jar"), "");
        Environment.SetEnvironmentVariable("KAFKA_HOME", home.FullName);
    }
}
