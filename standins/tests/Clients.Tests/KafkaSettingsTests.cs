using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clients.Tests;

public sealed class KafkaSettingsTests
{
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);

    [Fact]
    public void The_named_section_wins_over_the_common_one()
    {
        Configure("Aspire:Confluent:Kafka:Producer:Config:LingerMs", "5");
        Configure("Aspire:Confluent:Kafka:Producer:Config:Acks", "Leader");
        Configure("Aspire:Confluent:Kafka:Producer:log:Config:LingerMs", "7");
        Configure("Aspire:Confluent:Kafka:Producer:log:DisableHealthChecks", "true");

        var settings = ProducerSettings("log");

        Assert.Equal(7, settings.Config.LingerMs);
        Assert.Equal(Acks.Leader, settings.Config.Acks);
        Assert.True(settings.DisableHealthChecks);
    }

    [Fact]
    public void The_connection_string_wins_over_the_sections()
    {
        Configure("Aspire:Confluent:Kafka:Producer:ConnectionString", "section:1");
        Assert.Equal("section:1", ProducerSettings("other").ConnectionString);

        Configure("ConnectionStrings:log", "connection-string:2");
        Assert.Equal("connection-string:2", ProducerSettings("log").ConnectionString);
    }

    [Fact]
    public void The_delegate_has_the_last_word()
    {
        Configure("Aspire:Confluent:Kafka:Consumer:Config:GroupId", "from-section");
        Configure("ConnectionStrings:log", "connection-string:2");
        KafkaConsumerSettings? seen = null;

        _builder.AddKafkaConsumer<string, string>("log", settings =>
        {
            Assert.Equal("from-section", settings.Config.GroupId);
            settings.ConnectionString = "delegate:3";
            settings.Config.GroupId = "from-delegate";
            seen = settings;
        });

        Assert.Equal("delegate:3", seen?.Config.BootstrapServers);
        Assert.Equal("from-delegate", seen?.Config.GroupId);
    }

    [Fact]
    public void A_consumer_without_a_group_throws_when_it_is_asked_for()
    {
        Configure("ConnectionStrings:log", "127.0.0.1:1");
        _builder.AddKafkaConsumer<string, string>("log");
        using var host = _builder.Build();

        var error = Assert.Throws<InvalidOperationException>(
            () => host.Services.GetService<IConsumer<string, string>>());
        Assert.Equal("No group id configured.", error.Message);
    }

    [Fact]
    public void A_client_without_brokers_throws_when_it_is_asked_for()
    {
        _builder.AddKafkaProducer<string, string>("log");
        _builder.AddKeyedKafkaConsumer<string, string>("log", s => s.Config.GroupId = "group");
        using var host = _builder.Build();

        var producer = Assert.Throws<InvalidOperationException>(
            () => host.Services.GetService<IProducer<string, string>>());
        var consumer = Assert.Throws<InvalidOperationException>(
            () => host.Services.GetKeyedService<IConsumer<string, string>>("log"));
        Assert.Equal("No bootstrap servers configured.", producer.Message);
        Assert.Equal("No bootstrap servers configured.", consumer.Message);
    }

    [Fact]
    public void A_connection_needs_a_name()
    {
        Assert.Throws<ArgumentException>(() => _builder.AddKafkaProducer<string, string>(""));
        Assert.Throws<ArgumentException>(() => _builder.AddKeyedKafkaConsumer<int, int>(""));
    }

    private void Configure(string key, string value) => _builder.Configuration[key] = value;

    private KafkaProducerSettings ProducerSettings(string connectionName)
    {
        KafkaProducerSettings? seen = null;
        _builder.AddKafkaProducer<string, string>(
            connectionName, (KafkaProducerSettings settings) => seen = settings);
        return seen!;
    }
}
