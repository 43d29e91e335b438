using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using BankAccounts.AppHost.Engines.Kafka;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.V1;
using Confluent.Kafka;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.Chaos;

/// <summary>
/// The AppHost's real program on three brokers, with several replicas of each service, and with a Redis that the
/// driver owns.
/// </summary>
internal sealed class ChaosBank : IAsyncDisposable
{
    public const string CommandService = "command-service";
    public const string ProjectionService = "projection-service";
    public const string QueryService = "query-service";
    public const int Brokers = 3;
    public const int Partitions = 12;

    private const int CommandServices = 2;
    private const int Projectors = 3;

    /// <summary>So much as the callers of one machine can ask for in vain.</summary>
    private const int MaxUnderWay = 512;

    private const string Topic = "bank-accounts";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan KafkaPatience = TimeSpan.FromSeconds(10);

    private readonly DistributedApplication app;
    private readonly CancellationTokenSource disposed = new();
    private readonly Task following;
    private GrpcChannel? ledger;

    private ChaosBank(DistributedApplication app, ChaosRedis redis, string logFolder)
    {
        this.app = app;
        Redis = redis;
        Replicas = new Replicas(app);
        Logs = new ServiceLogs(app, logFolder);
        following = Replicas.FollowAsync(disposed.Token);
    }

    public ChaosRedis Redis { get; }

    public Replicas Replicas { get; }

    public ServiceLogs Logs { get; }

    public Uri CommandAddress => app.GetEndpoint(CommandService, "http");

    public Uri QueryAddress => app.GetEndpoint(QueryService, "http");

    public LedgerService.LedgerServiceClient Ledger => new(
        ledger ??= GrpcChannel.ForAddress(app.GetEndpoint(ProjectionService, "http")));

    /// <summary>Kafka's address, host and port of each broker.</summary>
    public string KafkaAddress { get; private set; } = string.Empty;

    /// <summary>Whether the brokers are of Kafka 0.9, which clients have to be told.</summary>
    public bool IsKafka09 { get; private set; }

    /// <summary>All that runs, by name.</summary>
    public static IReadOnlyList<string> Names =>
    [
        .. Enumerable.Range(1, Brokers).Select(BrokerName), CommandService, ProjectionService, QueryService,
    ];

    public static string BrokerName(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"kafka-broker-{number}");

    /// <summary>Starts a bank in a folder and waits until every replica is healthy.</summary>
    public static async Task<ChaosBank> StartAsync(string folder)
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        var redis = await ChaosRedis.StartAsync(Path.Combine(folder, "redis"));
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BankAccounts_AppHost>(
            [
                "--data", Path.Combine(folder, "data"),
                Argument("brokers", Brokers), Argument("partitions", Partitions), Argument("projectors", Projectors),
                Argument("command-services", CommandServices),
                string.Create(CultureInfo.InvariantCulture, $"--ConnectionStrings:redis=127.0.0.1:{redis.Proxy.Port}"),
            ],
            patience.Token);
        builder.CreateResourceBuilder((ProjectResource)builder.Resources.Single(one => one.Name == CommandService))
            .WithEnvironment("Command__MaxUnderWay", MaxUnderWay.ToString(CultureInfo.InvariantCulture));
        var bank = new ChaosBank(await builder.BuildAsync(patience.Token), redis, Path.Combine(folder, "logs"));
        try
        {
            await bank.StartAsync(patience.Token);
            return bank;
        }
        catch
        {
            await bank.DisposeAsync();
            throw;
        }
    }

    /// <summary>The broker that leads a partition.</summary>
    public int LeaderOf(int partition) => Metadata()[partition].Leader;

    /// <summary>Whether each partition has all of its copies.</summary>
    public bool AllCopiesAreWhole() => IsEach(partition => partition.InSyncReplicas.Length == Brokers);

    /// <summary>Whether each partition is led by another broker, and counts no longer on this one.</summary>
    public bool DoesWithout(int broker) => IsEach(
        partition => partition.Leader > 0 && partition.Leader != broker && !partition.InSyncReplicas.Contains(broker));

    /// <summary>The process that folds a partition; 0 if none has said so.</summary>
    public async Task<int> OwnerOfAsync(int partition) =>
        (int)await Redis.Database.HashGetAsync(RedisKeys.Owner(partition), "process_id");

    /// <summary>Where Redis stands in a partition; null if it has no state.</summary>
    public async Task<long?> PositionOfAsync(int partition)
    {
        var generation = await Redis.Database.HashGetAsync(RedisKeys.Root(partition), "generation");
        return generation.IsNull
            ? null
            : (long?)await Redis.Database.HashGetAsync(new RedisKeys(partition, (long)generation).Head, "position");
    }

    public async ValueTask DisposeAsync()
    {
        ledger?.Dispose();
        await app.DisposeAsync();
        await disposed.CancelAsync();
        await following;
        await Logs.DisposeAsync();
        await Redis.DisposeAsync();
        disposed.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        await app.StartAsync(cancellation);
        Logs.Follow(Replicas);
        foreach (var service in new[] { CommandService, ProjectionService, QueryService })
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(service, cancellation);
        }
        await Replicas.HealAsync(Names);
        KafkaAddress = await app.GetConnectionStringAsync("kafka", cancellation)
            ?? throw new ChaosException("The bank has no Kafka.");
        IsKafka09 = app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .Single(resource => resource.Name == "kafka").Annotations.OfType<KafkaClientSettings>()
            .Any(settings => settings.Shared.Count > 0);
    }

    private bool IsEach(Func<PartitionMetadata, bool> condition)
    {
        try
        {
            return Metadata().All(condition);
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private IReadOnlyList<PartitionMetadata> Metadata()
    {
        var config = new AdminClientConfig { BootstrapServers = KafkaAddress };
        if (IsKafka09)
        {
            (config.ApiVersionRequest, config.BrokerVersionFallback) = (false, "0.9.0.1");
        }
        using var client = new AdminClientBuilder(config).Build();
        return [.. client.GetMetadata(Topic, KafkaPatience).Topics.Single().Partitions.OrderBy(one => one.PartitionId)];
    }

    private static string Argument(string name, int value) =>
        string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");
}
