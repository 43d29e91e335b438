using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>ZooKeeper's four-letter questions: a word over TCP, answered in plain text.</summary>
public static class ZooKeeperWords
{
    private static readonly TimeSpan PatiencePerQuestion = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether it says that it is serving.</summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    public static async Task<bool> IsServingAsync(int port, CancellationToken cancellationToken) =>
        await AskAsync(port, "ruok", cancellationToken) == "imok";

    /// <summary>
    /// Waits until ZooKeeper has forgotten an earlier life of a broker. One that was killed hard is
    /// remembered until its session ends, and until then a new one exits at once ("NodeExists").
    /// </summary>
    public static async Task WaitUntilBrokerIsForgottenAsync(
        int port, int node, CancellationToken cancellationToken)
    {
        while (!await IsBrokerForgottenAsync(port, node, cancellationToken))
        {
            await Task.Delay(AskAgainAfter, cancellationToken);
        }
    }

    /// <summary>Whether an answer to <c>dump</c> knows of no broker with this id.</summary>
    public static bool KnowsNoBroker(string dump, int node)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/brokers/ids/{node}");
        return dump.Split('\n').All(line => line.Trim() != path);
    }

    private static async Task<bool> IsBrokerForgottenAsync(
        int port, int node, CancellationToken cancellationToken)
    {
        try
        {
            var dump = await AskAsync(port, "dump", cancellationToken);
            return dump.Contains("SessionTracker dump", StringComparison.Ordinal)
                   && KnowsNoBroker(dump, node);
        }
        catch (Exception problem)
            when (problem is SocketException or IOException or TimeoutException)
        {
            // It is not up yet: it cannot be asked, and nothing could start against it either.
            return false;
        }
    }

    private static async Task<string> AskAsync(
        int port, string word, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(word), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(cancellationToken)
            .WaitAsync(PatiencePerQuestion, cancellationToken);
    }
}
