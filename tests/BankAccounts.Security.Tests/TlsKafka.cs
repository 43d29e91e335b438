using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using BankAccounts.Tests.Files;

namespace BankAccounts.Security.Tests;

/// <summary>
/// Apache Kafka 0.9.0.1 with ZooKeeper, whose listener for clients speaks TLS with clients that have a certificate.
/// </summary>
internal sealed class TlsKafka(CertificateFolder files, int partitions) : IAsyncDisposable
{
    private const string Password = "a-password-of-no-value";

    private readonly int zooKeeperPort = FreePorts.Take();
    private readonly int port = FreePorts.Take();
    private readonly int ownPort = FreePorts.Take();
    private readonly List<LocalProcess> processes = [];

    public string Address => string.Create(CultureInfo.InvariantCulture, $"localhost:{port}");

    /// <summary>What it has printed: what went wrong.</summary>
    public string Output => string.Join('\n', processes.Select(process => process.Output));

    /// <summary>What a client of so old a broker is told.</summary>
    public static IEnumerable<(string Key, string Value)> ClientSettings(string kind) =>
    [
        ($"Aspire:Confluent:Kafka:{kind}:Config:ApiVersionRequest", "false"),
        ($"Aspire:Confluent:Kafka:{kind}:Config:BrokerVersionFallback", "0.9.0.1"),
    ];

    public async Task StartAsync(TestAuthority authority)
    {
        using var certificate = authority.Issue("CN=broker", TestAuthority.ForServers, dns: "localhost");
        files.WritePkcs12("broker", certificate, Password);
        File.WriteAllText(files.PathOf("broker-trusts.pem"), authority.Certificate.ExportCertificatePem());
        File.WriteAllText(files.PathOf("zookeeper.properties"), string.Create(CultureInfo.InvariantCulture, $"""
            dataDir={files.PathOf("zookeeper")}
            clientPort={zooKeeperPort}
            clientPortAddress=127.0.0.1
            tickTime=500
            """));
        File.WriteAllText(files.PathOf("broker.properties"), string.Create(CultureInfo.InvariantCulture, $"""
            broker.id=1
            listeners=SSL://127.0.0.1:{port},PLAINTEXT://127.0.0.1:{ownPort}
            advertised.listeners=SSL://localhost:{port},PLAINTEXT://127.0.0.1:{ownPort}
            security.inter.broker.protocol=PLAINTEXT
            ssl.keystore.type=PKCS12
            ssl.keystore.location={files.PathOf("broker.p12")}
            ssl.keystore.password={Password}
            ssl.key.password={Password}
            ssl.truststore.type=PKCS12
            ssl.truststore.location={files.PathOf("trust.p12")}
            ssl.truststore.password={Password}
            ssl.client.auth=required
            zookeeper.connect=127.0.0.1:{zooKeeperPort}
            log.dirs={files.PathOf("broker")}
            log.retention.ms=-1
            auto.create.topics.enable=false
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=1
            group.min.session.timeout.ms=1000
            """));
        File.WriteAllText(files.PathOf("log4j.properties"), """
            log4j.rootLogger=WARN, console
            log4j.appender.console=org.apache.log4j.ConsoleAppender
            log4j.appender.console.layout=org.apache.log4j.PatternLayout
            log4j.appender.console.layout.ConversionPattern=%d %p %m (%c)%n
            """);
        var trust = ImportTrustAsync();
        Start("org.apache.zookeeper.server.quorum.QuorumPeerMain", files.PathOf("zookeeper.properties"));
        await trust;
        await AcceptsAsync(zooKeeperPort);
        Start("kafka.Kafka", files.PathOf("broker.properties"));
        await AcceptsAsync(port);
        // The broker may still have to say that it is there.
        await Eventually.BecomesTrue(CreateTopicAsync, "the topic", TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes))
        {
            await process.DisposeAsync();
        }
    }

    private LocalProcess Start(params string[] mainAndArguments)
    {
        processes.Add(LocalProcess.Start(
            Tool("java"),
            files.PathOf("."),
            [
                "-Xmx256m", $"-Dlog4j.configuration=file:{files.PathOf("log4j.properties")}",
                $"-Dkafka.logs.dir={files.PathOf(".")}",
                "-cp", RepositoryFiles.PathOf(".bank", "kafka", "libs", "*"), .. mainAndArguments,
            ]));
        return processes[^1];
    }

    private async Task<bool> CreateTopicAsync() => await Start(
        "kafka.admin.TopicCommand", "--zookeeper", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{zooKeeperPort}"),
        "--create", "--topic", "bank-accounts", "--replication-factor", "1",
        "--partitions", partitions.ToString(CultureInfo.InvariantCulture)).ExitAsync() == 0;

    /// <summary>Java trusts only what its own tool has marked as trusted.</summary>
    private async Task ImportTrustAsync()
    {
        using var tool = Process.Start(new ProcessStartInfo(Tool("keytool"),
        [
            "-importcert", "-noprompt", "-alias", "ca", "-file", files.PathOf("broker-trusts.pem"),
            "-keystore", files.PathOf("trust.p12"), "-storetype", "PKCS12", "-storepass", Password,
        ])
        { RedirectStandardError = true })!;
        var said = await tool.StandardError.ReadToEndAsync();
        await tool.WaitForExitAsync();
        Assert.True(tool.ExitCode == 0, said);
    }

    private static string Tool(string name) => Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home
        ? Path.Combine(home, "bin", name)
        : name;

    private static Task AcceptsAsync(int where) => Eventually.BecomesTrue(
        async () =>
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", where);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        $"a server at port {where}",
        TimeSpan.FromSeconds(60));
}
