using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using BankAccounts.ServiceDefaults.Tests;
using Grpc.Net.Client;

namespace BankAccounts.Security.Tests;

/// <summary>
/// A bank of three processes that speaks TLS with everybody: callers with certificates of an own authority, a Kafka that
/// asks for one, a Redis with a password. It tells a collector all that it has to tell.
/// </summary>
public sealed class SecureBank : IAsyncLifetime, IDisposable
{
    /// <summary>A password that nobody may ever read anywhere.</summary>
    public const string RedisPassword = "marker-redis-password";

    private const int Partitions = 2;

    /// <summary>The callers by the names that the tests give them. Those with the roles stand in the configuration.</summary>
    private static readonly (string Name, Func<SecureBank, X509Certificate2> Certificate)[] Callers =
    [
        ("reader", bank => bank.people.Issue("CN=reader", uri: "spiffe://bank.test/reader")),
        ("teller", bank => bank.people.Issue("CN=teller", dns: "teller.bank.test")),
        ("operator", bank => bank.people.Issue("CN=operator, O=Bank")),
        ("known", bank => bank.authority.Issue("CN=known", dns: "known.bank.test")),
        ("foreign", bank => bank.stranger.Issue("CN=teller", dns: "teller.bank.test")),
        ("expired", bank => bank.people.Issue("CN=teller", dns: "teller.bank.test", validDays: 1)),
        ("server", bank => bank.people.Issue("CN=teller", TestAuthority.ForServers, dns: "teller.bank.test")),
    ];

    private readonly TestAuthority authority = new("Bank root");
    private readonly TestAuthority people;
    private readonly TestAuthority stranger = new("Another root");
    private readonly CertificateFolder files = new();
    private readonly Dictionary<string, LocalProcess> processes = [];
    private readonly Dictionary<string, X509Certificate2> certificates = [];
    private readonly TlsKafka kafka;
    private RedisServer? redis;
    private Collector? collector;

    public SecureBank()
    {
        people = new TestAuthority("People", authority);
        kafka = new TlsKafka(files, Partitions);
    }

    /// <summary>Where each service serves gRPC: host and port, by project.</summary>
    public Dictionary<string, string> Addresses { get; } = [];

    /// <summary>The file that tells the foreign client who is who.</summary>
    public string CallersFile => files.PathOf("callers.json");

    internal TlsKafka Kafka => kafka;

    internal RedisServer Redis => redis!;

    internal Collector Collector => collector!;

    internal string AuthorityFile => files.PathOf("people.pem");

    internal string StrangerFile => files.PathOf("stranger.pem");

    /// <summary>What the services have printed.</summary>
    public string Output => string.Join('\n', processes.Values.Select(process => process.Output));

    /// <summary>The file of a certificate; with the ending <c>key</c>, of its key.</summary>
    public string FileOf(string name, string ending = "pem") => files.PathOf($"{name}.{ending}");

    public async Task InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch (Exception failure)
        {
            // Nobody else stops what has started.
            await DisposeAsync();
            throw new InvalidOperationException($"The bank does not start.\n{Output}\n{kafka.Output}", failure);
        }
    }

    private async Task StartAsync()
    {
        files.Write("stranger", stranger);
        files.Write("people", people);
        collector = await Collector.Start();
        using (var server = authority.Issue("CN=server", TestAuthority.ForServers, dns: "localhost"))
        using (var service = authority.Issue("CN=service"))
        {
            files.Write("server", server);
            files.Write("service", service);
        }
        foreach (var (name, issue) in Callers)
        {
            certificates[name] = issue(this);
            files.Write($"caller-{name}", certificates[name]);
        }
        await File.WriteAllTextAsync(CallersFile, JsonSerializer.Serialize(new
        {
            ca = AuthorityFile,
            reflect = "reader",
            callers = Callers.ToDictionary(
                caller => caller.Name,
                caller => new { cert = FileOf($"caller-{caller.Name}"), key = FileOf($"caller-{caller.Name}", "key") }),
        }));
        redis = RedisServer.NotStarted(
            RedisPassword,
            "--tls-cert-file", FileOf("server"), "--tls-key-file", FileOf("server", "key"),
            "--tls-ca-cert-file", AuthorityFile, "--tls-auth-clients", "no");
        await Task.WhenAll(redis.Start(), kafka.StartAsync(authority));

        foreach (var project in new[] { "CommandService", "ProjectionService", "QueryService" })
        {
            var (grpc, health) = (FreePorts.Take(), FreePorts.Take());
            Addresses[project] = string.Create(CultureInfo.InvariantCulture, $"localhost:{grpc}");
            processes[project] = LocalProcess.StartService(project, Settings(grpc, health));
            Health[project] = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{health}/health"));
        }
        using var probe = Http(null);
        foreach (var (project, health) in Health)
        {
            await Eventually.BecomesTrue(
                async () => await IsHealthyAsync(probe, health),
                $"{project} is healthy",
                TimeSpan.FromSeconds(40));
        }
    }

    /// <summary>Where each service answers for its health.</summary>
    public Dictionary<string, Uri> Health { get; } = [];

    /// <summary>A channel of a caller of that name, or of one without a certificate.</summary>
    public GrpcChannel Channel(string project, string? caller) => GrpcChannel.ForAddress(
        $"https://{Addresses[project]}", new GrpcChannelOptions { HttpHandler = Handler(caller), DisposeHttpClient = true });

    /// <summary>A client of HTTP with the certificate of that caller, or with none.</summary>
    public HttpClient Http(string? caller) => new(Handler(caller)) { Timeout = TimeSpan.FromSeconds(5) };

    public async Task DisposeAsync()
    {
        foreach (var process in processes.Values)
        {
            await process.DisposeAsync();
        }
        await kafka.DisposeAsync();
        await (redis?.DisposeAsync() ?? default);
        await (collector?.DisposeAsync() ?? default);
    }

    public void Dispose()
    {
        foreach (var certificate in certificates.Values)
        {
            certificate.Dispose();
        }
        authority.Dispose();
        people.Dispose();
        stranger.Dispose();
        files.Dispose();
    }

    private static async Task<bool> IsHealthyAsync(HttpClient probe, Uri health)
    {
        try
        {
            using var answer = await probe.GetAsync(health);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private SocketsHttpHandler Handler(string? caller) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = caller is null ? [] : [X509Certificate2.CreateFromPemFile(
                FileOf($"caller-{caller}"), FileOf($"caller-{caller}", "key"))],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };

    private IEnumerable<(string Key, string Value)> Settings(int grpc, int health) =>
    [
        ("Kestrel:Endpoints:http:Url", string.Create(CultureInfo.InvariantCulture, $"https://localhost:{grpc}")),
        ("Kestrel:Endpoints:health:Url", string.Create(CultureInfo.InvariantCulture, $"https://localhost:{health}")),
        ("Kestrel:Certificates:Default:Path", FileOf("server")),
        ("Kestrel:Certificates:Default:KeyPath", FileOf("server", "key")),
        ("Bank:PartitionCount", Partitions.ToString(CultureInfo.InvariantCulture)),
        ("Bank:TopicIsManaged", "true"),
        ("Bank:Security:ClientCaFile", AuthorityFile),
        ("Bank:Security:Readers:0", "URI:spiffe://bank.test/reader"),
        ("Bank:Security:Tellers:0", "DNS:teller.bank.test"),
        ("Bank:Security:Operators:0", "SUBJECT:CN=operator, O=Bank"),
        ("Bank:Security:RedisCaFile", AuthorityFile),
        ("ConnectionStrings:redis", $"localhost:{redis!.Port},password={RedisPassword}"),
        ("ConnectionStrings:kafka", kafka.Address),
        .. KafkaSettings("Producer"),
        .. KafkaSettings("Consumer"),
        ("Aspire:Confluent:Kafka:Producer:Config:EnableIdempotence", "false"),
        ("Logging:LogLevel:Default", "Debug"),
        .. Telling(collector!.Address),
    ];

    private IEnumerable<(string Key, string Value)> KafkaSettings(string kind) =>
    [
        .. TlsKafka.ClientSettings(kind),
        ($"Aspire:Confluent:Kafka:{kind}:Config:SecurityProtocol", "Ssl"),
        ($"Aspire:Confluent:Kafka:{kind}:Config:SslCaLocation", AuthorityFile),
        ($"Aspire:Confluent:Kafka:{kind}:Config:SslCertificateLocation", FileOf("service")),
        ($"Aspire:Confluent:Kafka:{kind}:Config:SslKeyLocation", FileOf("service", "key")),
    ];

    /// <summary>All spans and logs, at once.</summary>
    internal static IEnumerable<(string Key, string Value)> Telling(string collector) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_TRACES_SAMPLER", "always_on"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
    ];
}

/// <summary>One bank for the tests that need one.</summary>
[CollectionDefinition(Name)]
public sealed class OneSecureBank : ICollectionFixture<SecureBank>
{
    public const string Name = "one secure bank";
}
