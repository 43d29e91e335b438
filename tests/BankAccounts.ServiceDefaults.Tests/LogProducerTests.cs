using Aspire.Confluent.Kafka;
using BankAccounts.ServiceDefaults.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>The producers that both appending services have: who hears its errors, and what these lead to.</summary>
public sealed class LogProducerTests
{
    private readonly LogLines<ProducerGuard> lines = new();

    [Theory]
    [InlineData(true, 1012, LogLevel.Critical)]
    [InlineData(false, 1013, LogLevel.Warning)]
    public void An_error_is_told_and_a_fatal_one_ends_the_process(bool isFatal, int eventId, LogLevel level)
    {
        var life = new Life();
        var exitCode = Environment.ExitCode;
        try
        {
            new ProducerGuard(life, lines).OnError(new Error(ErrorCode.OutOfOrderSequenceNumber, "lost records", isFatal));

            Assert.Equal((isFatal, isFatal ? 1 : exitCode), (life.IsStopped, Environment.ExitCode));
            var line = Assert.Single(lines.Written);
            Assert.Equal((eventId, level), (line.Id, line.Level));
            Assert.Contains("lost records", line.Text, StringComparison.Ordinal);
        }
        finally
        {
            Environment.ExitCode = exitCode;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public async Task The_guard_hears_what_the_client_library_says(int waiting)
    {
        using var host = HostWith($"127.0.0.1:{FreePorts.Take()}");
        var producer = host.Services.GetRequiredService<LogProducers>().For(waiting);
        producer.Produce("nowhere", new Message<byte[], byte[]>());
        await Eventually.BecomesTrue(
            () => Task.FromResult(lines.Written.Any(line => line.Id == 1013)), "nobody listens there, and the guard says so");
    }

    [Fact]
    public void Many_that_wait_go_by_the_producer_that_gathers()
    {
        using var host = HostWith("127.0.0.1:1");
        var producers = host.Services.GetRequiredService<LogProducers>();

        Assert.Same(host.Services.GetRequiredService<IProducer<byte[], byte[]>>(), producers.For(0));
        Assert.Same(
            host.Services.GetRequiredKeyedService<IProducer<byte[], byte[]>>(LogProducers.Gathering),
            producers.For(LogProducers.GatherFrom));
        Assert.NotSame(producers.For(0), producers.For(LogProducers.GatherFrom));
    }

    [Fact]
    public void It_never_makes_a_broker_create_the_topic_that_it_asks_for()
    {
        var settings = new KafkaProducerSettings();
        LogProducerSetup.Configure(settings);
        Assert.Equal("false", settings.Config.Get("allow.auto.create.topics"));
    }

    private IHost HostWith(string brokers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:kafka"] = brokers;
        builder.AddLogProducers();
        builder.Services.AddSingleton<ILogger<ProducerGuard>>(lines);
        return builder.Build();
    }
}
