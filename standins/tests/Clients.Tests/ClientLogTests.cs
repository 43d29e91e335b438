using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Clients.Tests;

public sealed class ClientLogTests
{
    private const string Kafka = "Aspire.Confluent.Kafka";

    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);
    private readonly CapturedLog _log;

    public ClientLogTests()
    {
        _log = CapturedLog.Of(_builder);
        _builder.Configuration["ConnectionStrings:kafka"] = "127.0.0.1:1";
        _builder.Configuration["ConnectionStrings:redis"] = "127.0.0.1:1,connectTimeout=100";
    }

    [Fact]
    public async Task What_librdkafka_logs_goes_to_the_applications_log()
    {
        _builder.AddKafkaProducer<string, string>("kafka", Silent);
        using var host = _builder.Build();
        _ = host.Services.GetRequiredService<IProducer<string, string>>();

        await Eventually.BecomesTrue(
            () => Task.FromResult(_log.Entries.Any(entry =>
                entry is { Category: Kafka, Level: LogLevel.Error }
                && Says(entry.Text, "127.0.0.1:1"))),
            "the refused connection is logged as an error");
        Assert.Empty(_log.Warnings(Kafka));
    }

    [Fact]
    public void An_application_that_handles_librdkafkas_log_itself_is_told_that_it_does()
    {
        _builder.AddKafkaProducer<string, string>(
            "kafka", Silent, producer => producer.SetLogHandler((_, _) => { }));
        using var host = _builder.Build();
        _ = host.Services.GetRequiredService<IProducer<string, string>>();

        var warning = Assert.Single(_log.Warnings(Kafka));
        Assert.Equal("LogHandler is already set. Skipping... No logs will be written.", warning);
    }

    [Fact]
    public void Metrics_and_traces_that_are_not_disabled_are_missed_aloud()
    {
        KafkaProducerSettings? settings = null;
        _builder.AddKafkaProducer<string, string>("kafka", s => settings = s);
        _builder.AddRedisClient("redis");
        using var host = _builder.Build();
        _ = host.Services.GetRequiredService<IProducer<string, string>>();
        _ = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Contains(_log.Warnings(Kafka), text => Says(text, "DisableMetrics"));
        Assert.Contains(_log.Warnings(Kafka), text => Says(text, "DisableTracing"));
        Assert.Contains(
            _log.Warnings("Aspire.StackExchange.Redis.RedisConnection"),
            text => Says(text, "DisableTracing"));
        Assert.Null(settings!.Config.StatisticsIntervalMs);
    }

    private static bool Says(string text, string what)
        => text.Contains(what, StringComparison.Ordinal);

    private static void Silent(KafkaProducerSettings settings)
    {
        settings.DisableMetrics = true;
        settings.DisableTracing = true;
    }
}
