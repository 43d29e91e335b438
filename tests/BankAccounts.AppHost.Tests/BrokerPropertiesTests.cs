using BankAccounts.AppHost.Engines.Kafka;

namespace BankAccounts.AppHost.Tests;

public sealed class BrokerPropertiesTests
{
    [Fact]
    public void A_single_broker_keeps_one_copy_of_everything()
    {
        var properties = BrokerProperties.WithZooKeeper(1, ports: [21001], zooKeeperPort: 21000);

        Assert.Equal("1", properties["broker.id"]);
        Assert.Equal("PLAINTEXT://127.0.0.1:21001", properties["listeners"]);
        Assert.Equal("PLAINTEXT://127.0.0.1:21001", properties["advertised.listeners"]);
        Assert.Equal("127.0.0.1:21000", properties["zookeeper.connect"]);
        Assert.Equal("broker-1", properties["log.dirs"]);
        Assert.Equal("1", properties["default.replication.factor"]);
        Assert.Equal("1", properties["min.insync.replicas"]);
        Assert.Equal("1", properties["offsets.topic.replication.factor"]);
    }

    [Fact]
    public void Three_brokers_keep_three_copies_and_two_of_them_must_have_a_record()
    {
        var second = BrokerProperties.WithZooKeeper(
            node: 2, ports: [21001, 21002, 21003], zooKeeperPort: 21000);

        Assert.Equal("2", second["broker.id"]);
        Assert.Equal("PLAINTEXT://127.0.0.1:21002", second["listeners"]);
        Assert.Equal("broker-2", second["log.dirs"]);
        Assert.Equal("3", second["default.replication.factor"]);
        Assert.Equal("2", second["min.insync.replicas"]);
        Assert.Equal("3", second["offsets.topic.replication.factor"]);
    }

    [Fact]
    public void Brokers_of_a_current_Kafka_are_their_own_quorum()
    {
        var third = BrokerProperties.WithQuorum(
            node: 3, ports: [21001, 21002, 21003], controllerPorts: [22001, 22002, 22003]);

        Assert.Equal("broker,controller", third["process.roles"]);
        Assert.Equal("3", third["node.id"]);
        Assert.Equal(
            "1@127.0.0.1:22001,2@127.0.0.1:22002,3@127.0.0.1:22003",
            third["controller.quorum.voters"]);
        Assert.Equal(
            "PLAINTEXT://127.0.0.1:21003,CONTROLLER://127.0.0.1:22003", third["listeners"]);
        Assert.Equal("PLAINTEXT://127.0.0.1:21003", third["advertised.listeners"]);
        Assert.Equal("3", third["transaction.state.log.replication.factor"]);
        Assert.Equal("2", third["transaction.state.log.min.isr"]);
        Assert.False(third.Has("zookeeper.connect"));
        Assert.False(third.Has("broker.id"));
    }

    public static TheoryData<string> Kinds => ["ZooKeeper", "quorum"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_in_the_log_is_ever_dropped_and_no_topic_comes_to_be_by_mistake(string kind)
    {
        var properties = kind == "ZooKeeper"
            ? BrokerProperties.WithZooKeeper(1, [21001], 21000)
            : BrokerProperties.WithQuorum(1, [21001], [22001]);

        Assert.Equal("-1", properties["log.retention.ms"]);
        Assert.Equal("-1", properties["log.retention.bytes"]);
        // The bank's topic says for itself that nothing may be dropped; an old broker may drop group offsets.
        Assert.Equal(kind == "ZooKeeper" ? "true" : "false", properties["unclean.leader.election.enable"]);
        Assert.Equal("false", properties["auto.create.topics.enable"]);
        Assert.False(properties.Has("log.flush.interval.messages"));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(3, 3, 2)]
    [InlineData(5, 3, 2)]
    public void Copies_follow_the_number_of_brokers(int brokers, int copies, int inSync)
    {
        Assert.Equal(copies, BrokerProperties.Replication(brokers));
        Assert.Equal(inSync, BrokerProperties.MinInSync(brokers));
    }

    [Fact]
    public void The_brokers_allow_the_session_time_that_their_clients_are_given()
    {
        var broker = BrokerProperties.WithZooKeeper(1, [21001], 21000);
        var session = int.Parse(KafkaClientSettings.ForKafka09.Consumer["SessionTimeoutMs"]);

        Assert.InRange(
            session,
            int.Parse(broker["group.min.session.timeout.ms"]),
            int.Parse(broker["group.max.session.timeout.ms"]));
    }

    [Fact]
    public void ZooKeeper_allows_the_session_time_that_the_brokers_ask_for()
    {
        var zooKeeper = ZooKeeperProperties.For(21000);

        Assert.InRange(
            BrokerProperties.SessionTimeoutMs,
            int.Parse(zooKeeper["minSessionTimeout"]),
            int.Parse(zooKeeper["maxSessionTimeout"]));
        Assert.Equal("127.0.0.1", zooKeeper["clientPortAddress"]);
    }
}
