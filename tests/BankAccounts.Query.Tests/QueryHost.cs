using System.Globalization;
using System.Net;
using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.History;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.QueryService;
using BankAccounts.QueryService.Grpc;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.Tests;
using BankAccounts.Tests.Servers;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Queries = BankAccounts.V1.QueryService.QueryServiceClient;

namespace BankAccounts.Query.Tests;

/// <summary>The tests that share one Redis and one QueryService.</summary>
[CollectionDefinition(Name)]
public sealed class OneQueryHost : ICollectionFixture<QueryHost>
{
    public const string Name = "one query service";
}

/// <summary>
/// A QueryService in this process over a redis-server of its own. Logs are folded into Redis by the real store,
/// so that a test decides what there is, and when it comes.
/// </summary>
public sealed class QueryHost : IAsyncLifetime
{
    public const int Partitions = 8;

    /// <summary>Few, so that a test can use them up.</summary>
    public const int MaxWatchers = 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, ProjectionSession> sessions = [];
    private RedisServer? server;
    private ConnectionMultiplexer? connection;
    private WebApplication? app;
    private GrpcChannel? channel;

    public Queries Queries => new(channel!);

    /// <summary>Host and port.</summary>
    public string Address => new Uri(app!.Urls.Single()).Authority;

    public IDatabase Database => connection!.GetDatabase();

    public static DateTime In(double seconds) => DateTime.UtcNow.AddSeconds(seconds);

    public async Task InitializeAsync()
    {
        server = await RedisServer.Started();
        connection = await ConnectionMultiplexer.ConnectAsync($"{server.Address},syncTimeout=30000,abortConnect=false");
        app = await StartAsync();
        channel = GrpcChannel.ForAddress(app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        channel!.Dispose();
        await app!.DisposeAsync();
        connection!.Dispose();
        await server!.DisposeAsync();
    }

    /// <summary>Another QueryService over the same Redis.</summary>
    public async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "query-service",
            EnvironmentName = "Production",
            ContentRootPath = Path.GetTempPath(),
        });
        builder.Logging.ClearProviders();
        builder.Configuration["ConnectionStrings:redis"] = server!.Address;
        builder.Configuration["Bank:PartitionCount"] = "8";
        builder.Configuration["Query:MaxWatchers"] = "20";
        builder.Configuration["Query:MaxStatements"] = "2";
        builder.Configuration["Query:ListenOn"] = "00:00:01";
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.AddServiceDefaults();
        builder.AddBank();
        builder.AddBankGrpc(V1.QueryService.Descriptor.FullName);
        builder.AddQueries();
        var service = builder.Build();
        service.MapBankGrpc();
        service.MapGrpcService<QueryGrpcService>();
        await service.StartAsync();
        return service;
    }

    /// <summary>Redis is away until it is started again.</summary>
    public Task LoseRedisAsync() => server!.Kill();

    /// <summary>Redis is there again, empty.</summary>
    public Task FindRedisAsync() => server!.Start();

    /// <summary>Empties Redis, and begins all partitions anew.</summary>
    public async Task BeginAsync()
    {
        await Database.ExecuteAsync("FLUSHALL");
        sessions.Clear();
        for (var partition = 0; partition < Partitions; partition++)
        {
            await BeginAsync(partition);
        }
    }

    private async Task BeginAsync(int partition)
    {
        var store = new PartitionStore(Database, partition, Timeout);
        sessions[partition] = await ProjectionSession.BeginAsync(
            store, new ProjectionOptions(), confirmed: null, default);
        await store.SetCatchUpAsync(sessions[partition].Keys, 0, default);
    }

    /// <summary>Commits what is new in a log.</summary>
    internal async Task FoldAsync(TransferLog log, int batchSize = 1_000)
    {
        foreach (var (partition, session) in sessions)
        {
            var rest = log.Of(partition).Where(entry => entry.Offset >= session.Ledger.Head.Position);
            foreach (var batch in rest.Chunk(batchSize).ToList())
            {
                await session.FoldAsync([.. batch], CancellationToken.None);
            }
            await session.ConfirmAsync();
        }
    }

    /// <summary>Builds a partition's state anew beside the live one, and removes the old one at once.</summary>
    internal async Task RebuildAsync(TransferLog log, int partition)
    {
        using var cursor = new MemoryCursor(log.Of(partition));
        await new PartitionRebuild(
            partition,
            new GenerationStore(Database, partition, Timeout),
            new ChunkReader(Database, partition, Timeout),
            cursor,
            _ => Task.CompletedTask).RunAsync(CancellationToken.None);
        await Database.HashSetAsync(RedisKeys.Root(partition), "retired_until", 1);
        var (removed, _) = await GenerationSweeper.SweepAsync(Database, partition, Timeout, CancellationToken.None);
        Assert.True(removed > 0);
        await BeginAsync(partition);
    }

    /// <summary>How many scripts Redis has run so far.</summary>
    public async Task<long> ScriptsAsync()
    {
        var statistics = (string)(await Database.ExecuteAsync("INFO", "commandstats"))!;
        return statistics.Split('\n')
            .Where(line => line.StartsWith("cmdstat_eval", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Seals what is due of an account's history.</summary>
    public Task<int> SealAsync(AccountId account) =>
        new PageStore(Database, Timeout).SealDueAsync(account, generation: null, CancellationToken.None);
}
