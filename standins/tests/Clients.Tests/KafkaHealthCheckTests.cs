using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Clients.Tests;

[Collection(OneKafka.Name)]
public sealed class KafkaHealthCheckTests(MockKafka kafka)
{
    [Fact]
    public async Task The_checks_have_the_genuine_names_and_are_healthy_while_the_broker_is_there()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:log"] = kafka.BootstrapServers;
        builder.AddKafkaProducer<string, string>("log");
        builder.AddKafkaConsumer<string, string>("log", s => s.Config.GroupId = "health");
        builder.AddKeyedKafkaProducer<string, string>("log");
        builder.AddKeyedKafkaConsumer<string, string>("log", s => s.Config.GroupId = "health");

        using var host = builder.Build();
        var report = await Healthy(host);

        Assert.Equal(
            [
                "Aspire.Confluent.Kafka.Consumer",
                "Aspire.Confluent.Kafka.Consumer_log",
                "Aspire.Confluent.Kafka.Producer",
                "Aspire.Confluent.Kafka.Producer_log",
            ],
            report.Entries.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_check_produces_to_the_health_topic()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:log"] = kafka.BootstrapServers;
        builder.AddKafkaProducer<string, string>("log");
        builder.AddKafkaConsumer<string, string>("log", settings =>
        {
            settings.Config.GroupId = "health-topic";
            settings.DisableHealthChecks = true;
        });
        using var host = builder.Build();
        await Healthy(host);

        var consumer = host.Services.GetRequiredService<IConsumer<string, string>>();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var patience = TimeSpan.FromSeconds(30);
        var topic = Assert.Single(admin.GetMetadata("healthchecks-topic", patience).Topics);
        consumer.Assign(topic.Partitions.Select(partition => new TopicPartitionOffset(
            topic.Topic, partition.PartitionId, Offset.Beginning)));
        Assert.Equal("healthcheck-key", consumer.Consume(patience).Message.Key);
    }

    [Fact]
    public async Task A_check_is_unhealthy_while_no_broker_answers()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:log"] = "127.0.0.1:1";
        builder.AddKafkaProducer<string, string>("log");

        var report = await CheckHealth(builder);

        var entry = report.Entries["Aspire.Confluent.Kafka.Producer"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.NotNull(entry.Exception);
    }

    [Fact]
    public async Task A_disabled_check_is_not_registered()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHealthChecks();
        builder.AddKafkaProducer<string, string>("log", s => s.DisableHealthChecks = true);
        builder.AddKafkaConsumer<string, string>("log", s => s.DisableHealthChecks = true);

        Assert.Empty((await CheckHealth(builder)).Entries);
    }

    /// <summary>
    /// The first report that is healthy: the check allows a second only, which a busy machine may
    /// need for the first connection alone.
    /// </summary>
    private static async Task<HealthReport> Healthy(IHost host)
    {
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        HealthReport? report = null;
        await Eventually.BecomesTrue(
            async () => (report = await checks.CheckHealthAsync()).Status == HealthStatus.Healthy,
            "every check is healthy");
        return report!;
    }

    private static async Task<HealthReport> CheckHealth(HostApplicationBuilder builder)
    {
        using var host = builder.Build();
        return await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
    }
}
