using System.Globalization;
using System.Text.Json;
using BankAccounts.Tests.Files;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.Deployment.Tests;

/// <summary>deploy/compose.yaml is a Compose file, and fits the services.</summary>
public sealed class ComposeTests
{
    private static readonly string File = RepositoryFiles.PathOf("deploy", "compose.yaml");

    private static readonly Lazy<Task<JsonElement[]>> Documents =
        new(async () => (await Repository.ValidateAsync("yaml", File)).Documents);

    [Fact]
    public async Task It_is_as_the_published_schema_says()
    {
        var (documents, problems) = await Repository.ValidateAsync("compose", File);

        Assert.Single(documents);
        Assert.Equal(string.Empty, string.Join('\n', problems));
    }

    [Theory]
    [InlineData("stop_grace_period: 40s", "stop_grace_perod: 40s", "stop_grace_perod")]
    [InlineData("condition: service_healthy", "condition: service_helthy", "service_healthy")]
    [InlineData("replicas: 3", "replicas: three", "/deploy/replicas")]
    public async Task What_is_misspelt_is_found(string from, string to, string named)
    {
        var problems = await Repository.ValidateChangedAsync("compose", File, from, to);

        Assert.Contains(problems, problem => problem.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_service_is_built_from_its_target_and_served_at_its_port()
    {
        var services = await ServicesAsync();
        foreach (var (project, name) in Repository.Services)
        {
            var service = services.GetProperty(name);
            Assert.Equal(name, service.GetProperty("build").GetProperty("target").GetString());
            var port = Repository.PortOf(project, "http").ToString(CultureInfo.InvariantCulture);
            Assert.EndsWith($":{port}", Assert.Single(Texts(service.GetProperty("ports"))), StringComparison.Ordinal);
            Assert.StartsWith("127.0.0.1:", Assert.Single(Texts(service.GetProperty("ports"))), StringComparison.Ordinal);
            Assert.InRange(service.GetProperty("deploy").GetProperty("replicas").GetInt32(), 2, 64);
            Assert.True(service.GetProperty("read_only").GetBoolean());
            Assert.Equal(["ALL"], Texts(service.GetProperty("cap_drop")));
            var grace = service.GetProperty("stop_grace_period").GetString()!;
            Assert.EndsWith("s", grace, StringComparison.Ordinal);
            Assert.True(
                int.Parse(grace[..^1], CultureInfo.InvariantCulture) > new HostOptions().ShutdownTimeout.TotalSeconds);
        }
    }

    [Fact]
    public async Task Services_are_told_only_what_the_configuration_knows()
    {
        var services = await ServicesAsync();
        foreach (var (_, name) in Repository.Services)
        {
            var environment = services.GetProperty(name).GetProperty("environment");
            Assert.All(
                environment.EnumerateObject().Select(variable => variable.Name),
                variable => Assert.True(ConfigurationTable.HasVariable(variable), variable));
        }
    }

    [Fact]
    public async Task Brokers_keep_everything_three_times_and_know_one_another()
    {
        var services = await ServicesAsync();
        string[] names = ["kafka-1", "kafka-2", "kafka-3"];
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            var broker = services.GetProperty(name).GetProperty("environment");
            Assert.Equal($"{index + 1}", broker.GetProperty("KAFKA_NODE_ID").GetString());
            Assert.Equal($"PLAINTEXT://{name}:9092", broker.GetProperty("KAFKA_ADVERTISED_LISTENERS").GetString());
            Assert.Equal("3", broker.GetProperty("KAFKA_DEFAULT_REPLICATION_FACTOR").GetString());
            Assert.Equal("2", broker.GetProperty("KAFKA_MIN_INSYNC_REPLICAS").GetString());
            Assert.Equal("false", broker.GetProperty("KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE").GetString());
            Assert.Equal("false", broker.GetProperty("KAFKA_AUTO_CREATE_TOPICS_ENABLE").GetString());
            Assert.Equal("-1", broker.GetProperty("KAFKA_LOG_RETENTION_MS").GetString());
            Assert.Equal(
                "1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093",
                broker.GetProperty("KAFKA_CONTROLLER_QUORUM_VOTERS").GetString());
        }
        foreach (var service in new[] { "command-service", "projection-service" })
        {
            var environment = services.GetProperty(service).GetProperty("environment");
            Assert.Equal(
                string.Join(',', names.Select(name => $"{name}:9092")),
                environment.GetProperty("ConnectionStrings__kafka").GetString());
            Assert.Equal("3", environment.GetProperty("Bank__ReplicationFactor").GetString());
        }
    }

    [Fact]
    public async Task Redis_never_evicts_and_keeps_an_append_only_file()
    {
        var command = string.Join(' ', Texts((await ServicesAsync()).GetProperty("redis").GetProperty("command")));

        Assert.Contains("--maxmemory-policy noeviction", command, StringComparison.Ordinal);
        Assert.Contains("--appendonly yes", command, StringComparison.Ordinal);
        Assert.Contains("--auto-aof-rewrite-min-size 512mb", command, StringComparison.Ordinal);
        Assert.Contains("--auto-aof-rewrite-percentage 200", command, StringComparison.Ordinal);
        Assert.Contains("--rdbcompression no", command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_have_the_certificates_that_they_are_told_of()
    {
        var services = await ServicesAsync();
        foreach (var (_, name) in Repository.Services)
        {
            var service = services.GetProperty(name);
            Assert.EndsWith(":/pki:ro", Assert.Single(Texts(service.GetProperty("volumes"))), StringComparison.Ordinal);
            foreach (var key in new[]
            {
                "Kestrel__Certificates__Default__Path", "Kestrel__Certificates__Default__KeyPath", "Bank__Security__ClientCaFile",
            })
            {
                var file = service.GetProperty("environment").GetProperty(key).GetString();
                Assert.StartsWith("/pki/", file, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task There_is_no_secret_in_it()
    {
        var text = await System.IO.File.ReadAllTextAsync(File);
        var services = await ServicesAsync();

        Assert.Equal(3, text.Split("${REDIS_PASSWORD:?").Length - 1);
        foreach (var (_, name) in Repository.Services)
        {
            var redis = services.GetProperty(name).GetProperty("environment").GetProperty("ConnectionStrings__redis");
            Assert.StartsWith("redis:6379,password=${REDIS_PASSWORD:?", redis.GetString(), StringComparison.Ordinal);
        }
    }

    private static async Task<JsonElement> ServicesAsync() =>
        Assert.Single(await Documents.Value).GetProperty("services");

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];
}
