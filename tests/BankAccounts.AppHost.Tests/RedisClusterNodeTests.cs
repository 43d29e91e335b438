using System.Net;
using System.Net.Sockets;
using System.Text;
using BankAccounts.AppHost.Engines.Redis;

namespace BankAccounts.AppHost.Tests;

public sealed class RedisClusterNodeTests
{
    private static readonly CancellationToken Soon =
        new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Nodes_share_all_slots_evenly_and_no_port(int count)
    {
        var nodes = RedisClusterNode.Pick(count);

        Assert.Equal(
            Enumerable.Range(0, RedisClusterNode.Slots),
            nodes.SelectMany(node => Enumerable.Range(node.FirstSlot, node.LastSlot - node.FirstSlot + 1)));
        Assert.All(nodes, node => Assert.InRange(
            node.LastSlot - node.FirstSlot + 1, RedisClusterNode.Slots / count, (RedisClusterNode.Slots / count) + 1));
        Assert.Equal(2 * count, nodes.SelectMany(node => new[] { node.Port, node.BusPort }).Distinct().Count());
    }

    [Fact]
    public void A_node_is_known_by_its_present_address_only()
    {
        const string nodes =
            "e9ec 127.0.0.1:29797@22595 master - 0 1795418675193 0 disconnected 10922-16383\n"
            + "c140 127.0.0.1:24979@28009 myself,master - 0 1795418675193 2 connected 5461-10921\n";

        Assert.True(RedisClusterNode.Knows(nodes, new RedisClusterNode(29797, 22595, 0, 0)));
        Assert.False(RedisClusterNode.Knows(nodes, new RedisClusterNode(29797, 22596, 0, 0)));
        Assert.False(RedisClusterNode.Knows(nodes, new RedisClusterNode(9797, 22595, 0, 0)));
    }

    [Theory]
    [InlineData("cluster_state:ok\r\ncluster_slots_ok:16384\r\ncluster_known_nodes:3\r\n", true)]
    [InlineData("cluster_state:fail\r\ncluster_slots_ok:16384\r\ncluster_known_nodes:3\r\n", false)]
    [InlineData("cluster_state:ok\r\ncluster_slots_ok:10923\r\ncluster_known_nodes:3\r\n", false)]
    [InlineData("cluster_state:ok\r\ncluster_slots_ok:16384\r\ncluster_known_nodes:2\r\n", false)]
    public void A_cluster_is_whole_when_every_slot_has_an_owner_and_every_node_is_known(string info, bool expected) =>
        Assert.Equal(expected, RedisClusterNode.IsWhole(info, nodes: 3));

    [Theory]
    [InlineData("+OK\r\n", "+OK")]
    [InlineData("-ERR Slot 0 is already busy\r\n", "-ERR Slot 0 is already busy")]
    [InlineData("$12\r\ntwo\r\nlines\r\n\r\n", "two\r\nlines\r\n")]
    public async Task An_answer_is_a_line_or_a_text(string answer, string expected) =>
        Assert.Equal(expected, await AskAsync(answer));

    [Theory]
    [InlineData("$12\r\ntwo\r\n")]
    [InlineData("$-1\r\n")]
    [InlineData("$2000000\r\n")]
    public async Task Half_an_answer_is_an_error(string answer) =>
        await Assert.ThrowsAsync<IOException>(() => AskAsync(answer));

    /// <summary>What is made of a server's answer.</summary>
    private static async Task<string> AskAsync(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asking = RedisWords.AskAsync(((IPEndPoint)listener.LocalEndpoint).Port, "CLUSTER INFO", Soon);
        using (var client = await listener.AcceptTcpClientAsync(Soon))
        {
            await client.GetStream().ReadExactlyAsync(new byte["CLUSTER INFO\r\n".Length], Soon);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Soon);
        }
        return await asking;
    }
}
