using BankAccounts.AppHost.Engines.Kafka;

namespace BankAccounts.AppHost.Tests;

public sealed class ClientSettingsTests
{
    private const string Section = "Aspire__Confluent__Kafka__";

    [Fact]
    public void An_old_Kafka_hands_its_clients_what_it_needs_through_their_configuration()
    {
        var environment = KafkaClientSettings.ForKafka09.AsEnvironment().ToDictionary();

        Assert.Equal("false", environment[Section + "Producer__Config__ApiVersionRequest"]);
        Assert.Equal("0.9.0.1", environment[Section + "Producer__Config__BrokerVersionFallback"]);
        Assert.Equal("false", environment[Section + "Producer__Config__EnableIdempotence"]);
        Assert.Equal("1", environment[Section + "Producer__Config__MaxInFlight"]);
        Assert.Equal("false", environment[Section + "Consumer__Config__ApiVersionRequest"]);
        Assert.Equal("3000", environment[Section + "Consumer__Config__SessionTimeoutMs"]);
        Assert.DoesNotContain(Section + "Consumer__Config__EnableIdempotence", environment.Keys);
    }

    [Fact]
    public void A_current_Kafka_leaves_its_clients_as_the_services_configure_them()
    {
        var managed = KafkaClientSettings.ForCurrentKafka with { TopicIsManaged = true };

        Assert.Equal(
            [new("Bank__TopicIsManaged", "false")], KafkaClientSettings.ForCurrentKafka.AsEnvironment());
        Assert.Equal([new("Bank__TopicIsManaged", "true")], managed.AsEnvironment());
    }
}
