using System.Globalization;
using Confluent.Kafka;

namespace Clients.Tests;

/// <summary>
/// A Kafka cluster of one broker that speaks the current protocol: librdkafka's own, which lives as
/// long as the client that asked for it and listens on the loopback interface.
/// </summary>
public sealed class MockKafka : IDisposable
{
    private readonly IAdminClient _owner;

    public MockKafka()
    {
        var config = new AdminClientConfig { BootstrapServers = "replaced-by-the-mock:9092" };
        config.Set("test.mock.num.brokers", "1");
        _owner = new AdminClientBuilder(config).Build();
        var broker = Assert.Single(_owner.GetMetadata(TimeSpan.FromSeconds(20)).Brokers);
        BootstrapServers = string.Create(
            CultureInfo.InvariantCulture, $"{broker.Host}:{broker.Port}");
    }

    public string BootstrapServers { get; }

    public void Dispose() => _owner.Dispose();
}
