using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using BankAccounts.Client;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using StackExchange.Redis;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// A whole bank: the AppHost's real program with real Kafka, real Redis and all replicas, on random
/// ports and with its data in a folder of its own.
/// </summary>
public sealed partial class Bank : IAsyncDisposable
{
    /// <summary>The partitions of a bank whose start does not say otherwise.</summary>
    public const int Partitions = 12;

    /// <summary>The options of a bank on three brokers and a Redis Cluster.</summary>
    public static readonly string[] OnClusters = ["--brokers=3", "--redis-cluster=true"];

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly List<GrpcChannel> channels = [];
    private readonly CancellationTokenSource disposed = new();
    private ConnectionMultiplexer? redis;

    private Bank(DistributedApplication app) => App = app;

    public DistributedApplication App { get; }

    public CommandService.CommandServiceClient Commands => field ??= NewCommands();

    public QueryService.QueryServiceClient Queries =>
        field ??= new QueryService.QueryServiceClient(NewChannel("query-service"));

    public LedgerService.LedgerServiceClient Ledger =>
        field ??= new LedgerService.LedgerServiceClient(NewChannel("projection-service"));

    /// <summary>A new folder for the data of a bank.</summary>
    public static string NewDataFolder() =>
        Directory.CreateTempSubdirectory("bank-").FullName;

    /// <summary>
    /// What every bank of a test run is like unless its test says otherwise, on a machine of any size: on clusters,
    /// if <c>./bank test --cluster</c> asked for that.
    /// </summary>
    public static string[] Usual =>
    [
        "--partitions=12", "--command-services=2", "--projectors=3",
        .. IsOnClusters ? OnClusters : [],
    ];

    /// <summary>Whether <c>./bank test --cluster</c> asked for clusters.</summary>
    public static bool IsOnClusters => Environment.GetEnvironmentVariable("BANK_TEST_CLUSTER") == "true";

    /// <summary>Starts a bank and waits until all of it is healthy.</summary>
    public static Task<Bank> StartAsync(string dataFolder, params string[] args) =>
        StartAsync(dataFolder, _ => { }, args);

    /// <summary>The same, of a bank that the test has changed before.</summary>
    public static async Task<Bank> StartAsync(
        string dataFolder, Action<IDistributedApplicationTestingBuilder> change, params string[] args)
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        var builder = await DistributedApplicationTestingBuilder
            .CreateAsync<Projects.BankAccounts_AppHost>(
                ["--data", dataFolder, .. Usual, .. args], patience.Token);
        change(builder);
        var app = await builder.BuildAsync(patience.Token);
        var bank = new Bank(app);
        try
        {
            await bank.StartAndFollowLogsAsync(patience.Token);
            foreach (var service in new[] { "command-service", "projection-service", "query-service" })
            {
                await app.ResourceNotifications.WaitForResourceHealthyAsync(service, patience.Token);
            }
            return bank;
        }
        catch
        {
            await bank.DisposeAsync();
            throw;
        }
    }

    private async Task StartAndFollowLogsAsync(CancellationToken cancellation)
    {
        try
        {
            await App.StartAsync(cancellation);
        }
        finally
        {
            // Replicas have their names, and so their logs, only now.
            ResourceLogs.Follow(App, disposed.Token);
        }
    }

    /// <summary>The address of a service's gRPC endpoint, host and port.</summary>
    public string AddressOf(string service) => App.GetEndpoint(service, "http").Authority;

    /// <summary>A client with a connection of its own: the host's proxy deals connections to replicas.</summary>
    public CommandService.CommandServiceClient NewCommands() => new(NewChannel("command-service"));

    /// <summary>Whether a replica of a service says that it serves; each call asks the next replica.</summary>
    public async Task<bool> IsServingAsync(string service)
    {
        using var channel = GrpcChannel.ForAddress(App.GetEndpoint(service, "http"));
        var health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), deadline: In(20));
        return health.Status == HealthCheckResponse.Types.ServingStatus.Serving;
    }

    /// <summary>The client package, with connections of its own.</summary>
    public BankClient NewClient() => new(
        NewChannel("command-service").CreateCallInvoker(), NewChannel("query-service").CreateCallInvoker());

    /// <summary>Opens an account with some money in it.</summary>
    public async Task<string> OpenAccountAsync(long balance)
    {
        var created = await Commands.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Grace Hopper" }, deadline: In(30));
        if (balance > 0)
        {
            await Commands.DepositAsync(
                new DepositRequest { AccountId = created.AccountId, Amount = balance }, deadline: In(30));
        }
        return created.AccountId;
    }

    /// <summary>What an operator does to have a partition folded anew.</summary>
    public async Task GiveUpAsync(int partition) =>
        await (await RedisAsync()).GetDatabase().KeyDeleteAsync(RedisKeys.Root(partition));

    /// <summary>The account, once the fold has passed a position.</summary>
    public async Task<Account> GetAccountAsync(string accountId, Position? after = null)
    {
        var request = new GetAccountRequest { AccountId = accountId };
        if (after is not null)
        {
            request.MinPosition.Add(after);
        }
        return (await Queries.GetAccountAsync(request, deadline: In(30))).Account;
    }

    /// <summary>How many records each appending process has in a partition.</summary>
    public async Task<Dictionary<Guid, long>> AppendedByProcessAsync(int partition)
    {
        var database = (await RedisAsync()).GetDatabase();
        var generation = (long)await database.HashGetAsync(RedisKeys.Root(partition), "generation");
        var producers = await database.HashGetAllAsync(new RedisKeys(partition, generation).Producers);
        return producers.ToDictionary(
            entry => new Guid((byte[])entry.Name!, bigEndian: true),
            entry => StoredProducer.Parser.ParseFrom((byte[])entry.Value!).HighestSequence);
    }

    /// <summary>How many transfers of the whole bank are debited and not settled.</summary>
    public async Task<long> UnsettledTransfersAsync()
    {
        var database = (await RedisAsync()).GetDatabase();
        long unsettled = 0;
        for (var partition = 0; partition < Partitions; partition++)
        {
            var generation = (long)await database.HashGetAsync(RedisKeys.Root(partition), "generation");
            unsettled += await database.HashLengthAsync(new RedisKeys(partition, generation).Unsettled);
        }
        return unsettled;
    }

    /// <summary>The verdict on some partitions, all if none is named.</summary>
    public async Task<VerifyVerdict> VerifyAsync(params int[] partitions)
    {
        using var verify = Ledger.Verify(
            new VerifyRequest { Partitions = { partitions } }, deadline: In(180));
        VerifyVerdict? verdict = null;
        await foreach (var step in verify.ResponseStream.ReadAllAsync())
        {
            Assert.Null(verdict);
            verdict = step.Verdict;
        }
        return verdict ?? throw new InvalidOperationException("There was no verdict.");
    }

    /// <summary>Where each partition stands, with its two digests; empty for one that is not there.</summary>
    public async Task<string[]> StandingsAsync()
    {
        var database = (await RedisAsync()).GetDatabase();
        return await Task.WhenAll(Enumerable.Range(0, Partitions).Select(async partition =>
        {
            var generation = await database.HashGetAsync(RedisKeys.Root(partition), "generation");
            var head = generation.IsNull
                ? []
                : await database.HashGetAsync(
                    new RedisKeys(partition, (long)generation).Head, ["position", "digest", "head"]);
            return head is [{ IsNull: false }, _, _]
                ? $"{head[0]} {Convert.ToHexString((byte[])head[1]!)} "
                    + Convert.ToHexString(StoredHead.Parser.ParseFrom((byte[])head[2]!).DecisionDigest.Span)
                : string.Empty;
        }));
    }

    /// <summary>The balance that Redis holds, whatever the services say.</summary>
    public async Task<long> StoredBalanceAsync(AccountId account)
    {
        var database = (await RedisAsync()).GetDatabase();
        var generation = (long)await database.HashGetAsync(RedisKeys.Root(account.Partition), "generation");
        var stored = await database.HashGetAsync(
            new RedisKeys(account.Partition, generation).Accounts, account.ToByteArray());
        return StoredAccount.Parser.ParseFrom((byte[])stored!).Balance;
    }

    public async ValueTask DisposeAsync()
    {
        channels.ForEach(channel => channel.Dispose());
        redis?.Dispose();
        await App.DisposeAsync();
        await disposed.CancelAsync();
        disposed.Dispose();
    }

    /// <summary>The partition that an account id carries.</summary>
    public static int PartitionOf(string account) =>
        AccountId.TryParse(account, out var id) ? id.Partition : throw new FormatException(account);

    public static DateTime In(double seconds) => DateTime.UtcNow.AddSeconds(seconds);

    private GrpcChannel NewChannel(string service)
    {
        var channel = GrpcChannel.ForAddress(App.GetEndpoint(service, "http"));
        channels.Add(channel);
        return channel;
    }

    /// <summary>A connection to the bank's Redis.</summary>
    public async Task<ConnectionMultiplexer> RedisAsync() =>
        redis ??= await ConnectionMultiplexer.ConnectAsync(
            await App.GetConnectionStringAsync("redis")
            ?? throw new InvalidOperationException("The bank has no Redis."));
}
