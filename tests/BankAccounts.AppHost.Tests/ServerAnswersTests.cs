using System.Net;
using System.Net.Sockets;
using System.Text;
using BankAccounts.AppHost.Engines;
using BankAccounts.AppHost.Engines.Kafka;
using BankAccounts.AppHost.Engines.Redis;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost.Tests;

public sealed class ServerAnswersTests
{
    private static readonly CancellationToken Soon =
        new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Theory]
    [InlineData("+PONG\r\n", HealthStatus.Healthy)]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", HealthStatus.Unhealthy)]
    [InlineData("", HealthStatus.Unhealthy)]
    public async Task Redis_is_healthy_when_it_answers_PONG(string answer, HealthStatus expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var check = RedisPing.CheckAsync(((IPEndPoint)listener.LocalEndpoint).Port, Soon);
        using (var client = await listener.AcceptTcpClientAsync(Soon))
        {
            var question = new byte[6];
            await client.GetStream().ReadExactlyAsync(question, Soon);
            Assert.Equal("PING\r\n", Encoding.ASCII.GetString(question));
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Soon);
        }

        Assert.Equal(expected, (await check).Status);
    }

    [Fact]
    public async Task Redis_is_unhealthy_when_nothing_listens() =>
        Assert.Equal(
            HealthStatus.Unhealthy,
            (await RedisPing.CheckAsync(LoopbackPorts.Pick(1)[0], Soon)).Status);

    [Fact]
    public void Metadata_tells_the_brokers_and_the_partitions_that_have_a_leader()
    {
        var metadata = KafkaMetadata.Parse(Metadata(leaders: [1, -1, 2]));

        Assert.Equal([1, 2], metadata.Brokers.Order());
        Assert.Equal(2, metadata.LedPartitions["log"]);
    }

    [Fact]
    public void Metadata_that_ends_early_is_an_error_and_never_a_smaller_answer()
    {
        var whole = Metadata(leaders: [1, 2]);

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<IOException>(() => KafkaMetadata.Parse(whole.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData("log", 2, HealthStatus.Healthy, null)]
    [InlineData("log", 3, HealthStatus.Unhealthy, "topic log: 2 of 3 partitions have a leader")]
    [InlineData("other", 1, HealthStatus.Unhealthy, "topic other is not there")]
    public void A_topic_is_healthy_when_each_of_its_partitions_has_a_leader(
        string topic, int partitions, HealthStatus status, string? description)
    {
        var metadata = KafkaMetadata.Parse(Metadata(leaders: [1, -1, 2]));

        var health = LocalKafka.JudgeTopic(metadata, topic, partitions);

        Assert.Equal((status, description), (health.Status, health.Description));
    }

    [Fact]
    public void ZooKeeper_knows_a_broker_by_its_whole_id()
    {
        const string dump =
            "SessionTracker dump:\nSessions with Ephemerals (1):\n0x1:\n\t/brokers/ids/12\n";

        Assert.False(ZooKeeperWords.KnowsNoBroker(dump, 12));
        Assert.True(ZooKeeperWords.KnowsNoBroker(dump, 1));
    }

    [Fact]
    public void Picked_ports_are_different_and_free()
    {
        var ports = LoopbackPorts.Pick(20);

        Assert.Equal(20, ports.Distinct().Count());
        Assert.All(ports, port => Assert.True(LoopbackPorts.IsFree(port)));
    }

    [Fact]
    public void A_port_that_a_server_listens_on_is_not_free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.False(LoopbackPorts.IsFree(((IPEndPoint)listener.LocalEndpoint).Port));
    }

    /// <summary>
    /// An answer of two brokers about one topic, "log", with the given leaders (-1: none).
    /// </summary>
    private static byte[] Metadata(int[] leaders) =>
    [
        .. Int32(7),
        .. Int32(2),
        .. Int32(1), .. Text("127.0.0.1"), .. Int32(21001),
        .. Int32(2), .. Text("127.0.0.1"), .. Int32(21002),
        .. Int32(1), .. Int16(0), .. Text("log"),
        .. Int32(leaders.Length),
        .. leaders.SelectMany((leader, partition) => (byte[])
        [
            .. Int16(0), .. Int32(partition), .. Int32(leader),
            .. Int32(2), .. Int32(1), .. Int32(2), .. Int32(1), .. Int32(leader),
        ]),
    ];

    private static byte[] Int16(short value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Int32(int value) =>
        [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Text(string value) =>
        [.. Int16((short)value.Length), .. Encoding.ASCII.GetBytes(value)];
}
