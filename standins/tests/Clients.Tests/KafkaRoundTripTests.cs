using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clients.Tests;

[Collection(OneKafka.Name)]
public sealed class KafkaRoundTripTests(MockKafka kafka)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_record_with_headers_goes_through_an_idempotent_producer_to_a_consumer()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:kafka"] = kafka.BootstrapServers;
        builder.AddKafkaProducer<string, byte[]>("kafka", settings =>
        {
            settings.Config.EnableIdempotence = true;
            settings.DisableHealthChecks = true;
        });
        builder.AddKafkaConsumer<string, byte[]>("kafka", settings =>
        {
            settings.Config.GroupId = "round-trip";
            settings.Config.AutoOffsetReset = AutoOffsetReset.Earliest;
            settings.DisableHealthChecks = true;
        });
        using var host = builder.Build();

        var sent = await host.Services.GetRequiredService<IProducer<string, byte[]>>().ProduceAsync(
            "round-trip",
            new Message<string, byte[]>
            {
                Key = "key",
                Value = [1, 2, 3],
                Headers = [new Header("traceparent", Encoding.ASCII.GetBytes("00-1-2-01"))],
            });

        var consumer = host.Services.GetRequiredService<IConsumer<string, byte[]>>();
        consumer.Assign(new TopicPartitionOffset(sent.TopicPartition, sent.Offset));
        var received = consumer.Consume(Patience);
        Assert.Equal("key", received.Message.Key);
        Assert.Equal([1, 2, 3], received.Message.Value);
        Assert.Equal(
            "00-1-2-01", Encoding.ASCII.GetString(received.Message.Headers[0].GetValueBytes()));
    }

    [Fact]
    public void A_client_is_built_once_when_it_is_asked_for_and_disposed_with_the_container()
    {
        var built = 0;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:kafka"] = kafka.BootstrapServers;
        builder.AddKafkaProducer<string, string>("kafka", Quiet, _ => built++);
        var host = builder.Build();
        Assert.Equal(0, built);

        var producer = host.Services.GetRequiredService<IProducer<string, string>>();
        Assert.Same(producer, host.Services.GetRequiredService<IProducer<string, string>>());
        Assert.Equal(1, built);
        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => producer.Name);
    }

    [Fact]
    public async Task Keyed_clients_are_told_apart_and_their_builders_see_the_services()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:first"] = kafka.BootstrapServers;
        builder.Configuration["ConnectionStrings:second"] = kafka.BootstrapServers;
        builder.Services.AddSingleton<ISerializer<string>>(new Shouting());
        builder.AddKeyedKafkaProducer<string, string>("first", Quiet);
        builder.AddKeyedKafkaProducer<string, string>("second", Quiet, (services, producer) =>
            producer.SetValueSerializer(services.GetRequiredService<ISerializer<string>>()));
        builder.AddKeyedKafkaConsumer<string, string>("first", settings =>
        {
            settings.Config.GroupId = "keyed";
            settings.DisableHealthChecks = true;
        });
        using var host = builder.Build();
        var first = host.Services.GetRequiredKeyedService<IProducer<string, string>>("first");
        var second = host.Services.GetRequiredKeyedService<IProducer<string, string>>("second");
        Assert.NotSame(first, second);
        Assert.Null(host.Services.GetService<IProducer<string, string>>());

        var message = new Message<string, string> { Key = "k", Value = "hello" };
        var at = await second.ProduceAsync("keyed", message);

        var consumer = host.Services.GetRequiredKeyedService<IConsumer<string, string>>("first");
        consumer.Assign(at.TopicPartitionOffset);
        Assert.Equal("HELLO", consumer.Consume(Patience).Message.Value);
    }

    private static void Quiet(Aspire.Confluent.Kafka.KafkaProducerSettings settings)
        => settings.DisableHealthChecks = true;

    private sealed class Shouting : ISerializer<string>
    {
        public byte[] Serialize(string data, SerializationContext context)
            => Encoding.UTF8.GetBytes(data.ToUpperInvariant());
    }
}
