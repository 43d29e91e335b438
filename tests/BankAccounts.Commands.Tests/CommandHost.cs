using System.Net;
using System.Reflection;
using BankAccounts.CommandService;
using BankAccounts.CommandService.Grpc;
using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Kafka;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Servers;
using Confluent.Kafka;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace BankAccounts.Commands.Tests;

/// <summary>
/// CommandService as it is, with a real Redis and a real gRPC server, and the log in memory: the test says
/// what Kafka and the ledger do, and when.
/// </summary>
public sealed class CommandHost : IAsyncLifetime
{
    private readonly RedisServer redisServer = RedisServer.NotStarted();
    private readonly (string Key, string Value)[] settings;
    private Func<Appended, Task> onAppended;
    private WebApplication? app;
    private ConnectionMultiplexer? redis;
    private GrpcChannel? channel;
    private Task? ledger;

    public CommandHost()
        : this([])
    {
    }

    internal CommandHost(params (string Key, string Value)[] settings)
    {
        this.settings = settings;
        onAppended = AcceptAsync;
    }

    public MemoryLog Log { get; } = (MemoryLog)(object)DispatchProxy.Create<IProducer<byte[], byte[]>, MemoryLog>();

    public bool KafkaIsThere { get; set; } = true;

    public Appender Appender => app!.Services.GetRequiredService<Appender>();

    public CommandRoom CommandRoom => app!.Services.GetRequiredService<CommandRoom>();

    public bool IsStopping =>
        app!.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public V1.CommandService.CommandServiceClient Client => new(channel);

    /// <summary>Host and port.</summary>
    public string Address { get; private set; } = string.Empty;

    public IDatabase Redis => redis!.GetDatabase();

    /// <summary>A connection of its own.</summary>
    public GrpcChannel NewChannel() => GrpcChannel.ForAddress($"http://{Address}");

    /// <summary>What happens to each record from now on; the test must be alone with this host.</summary>
    public void OnAppended(Func<Appended, Task> then) => Volatile.Write(ref onAppended, then);

    /// <summary>Each record is stored and accepted again, and Kafka has reported about all before.</summary>
    public void AcceptAgain()
    {
        OnAppended(AcceptAsync);
        Log.FailUnreported();
    }

    public async Task InitializeAsync()
    {
        await redisServer.Start();
        redis = await ConnectionMultiplexer.ConnectAsync($"{redisServer.Address},syncTimeout=30000");
        await redis.GetDatabase().StringSetAsync("there", "yes");
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        // The service's own settings name fixed ports.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.Configuration["ConnectionStrings:redis"] = redisServer.Address;
        builder.Configuration["Bank:PartitionCount"] = "12";
        builder.Configuration["Grpc:Limits:MaxReceiveMessageBytes"] = "2097152";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.AddServiceDefaults();
        builder.AddBank();
        builder.AddBankGrpc(V1.CommandService.Descriptor.FullName);
        builder.Services.AddSingleton(new LogProducers((IProducer<byte[], byte[]>)(object)Log, Log.Gathering()));
        builder.Services.AddSingleton<KafkaIsThere>(() => KafkaIsThere);
        builder.AddCommandCalls();
        app = builder.Build();
        app.MapBankGrpc();
        app.MapGrpcService<CommandGrpcService>();
        await app.StartAsync();
        Address = new Uri(app.Urls.Single()).Authority;
        channel = GrpcChannel.ForAddress(app.Urls.Single());
        ledger = RunLedgerAsync();
        await Eventually.BecomesTrue(
            async () => (await redis.GetSubscriber().PublishAsync(Literal(Appender.ReplyTo), new DecisionBatch().ToByteArray())) == 1,
            "the service listens for decisions");
        await Eventually.BecomesTrue(
            async () => await Outcomes.CodeAsync(Client.DepositAsync(Requests.Deposit(), deadline: In(5))) == StatusCode.OK,
            "the service takes commands");
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Log.Close();
        await Task.WhenAny(ledger ?? Task.CompletedTask);
        channel?.Dispose();
        redis?.Dispose();
        await redisServer.DisposeAsync();
    }

    /// <summary>Stops the service as its host does.</summary>
    public async Task StopAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
            app = null;
        }
    }

    public static DateTime In(double seconds) => DateTime.UtcNow.AddSeconds(seconds);

    /// <summary>Stores a record and accepts it.</summary>
    public async Task AcceptAsync(Appended appended)
    {
        appended.Acknowledge();
        await PushAsync(appended, AcceptanceOf(appended));
    }

    /// <summary>Stores a record and refuses it.</summary>
    public async Task RefuseAsync(Appended appended, Reason reason)
    {
        appended.Acknowledge();
        await PushAsync(appended, new StoredDecision { Reason = reason, Balance = 7, Version = 3, Offset = appended.Offset });
    }

    public static StoredDecision AcceptanceOf(Appended appended) =>
        new() { Balance = 100, Version = 2, Offset = appended.Offset };

    /// <summary>Tells the service a decision as a commit does.</summary>
    public Task PushAsync(Appended appended, StoredDecision decision) => PushAsync(appended, new PushedDecision
    {
        ProducerSequence = appended.Record.ProducerSequence,
        Offset = appended.Offset,
        Decision = decision,
    });

    /// <summary>Tells the service something of the log. In order, and without waiting for Redis.</summary>
    public Task PushAsync(Appended appended, PushedDecision pushed) => appended.Record.ReplyTo.IsEmpty
        ? Task.CompletedTask
        : redis!.GetSubscriber().PublishAsync(
            Literal(appended.Record.ReplyTo.ToStringUtf8()),
            new DecisionBatch { Partition = appended.Partition, Decisions = { pushed } }.ToByteArray(),
            CommandFlags.FireAndForget);

    /// <summary>Keeps a decision by position as a commit does, without telling anybody.</summary>
    public async Task KeepAsync(Appended appended, PushedDecision kept)
    {
        kept.ProducerSequence = appended.Record.ProducerSequence;
        if (kept is { ProducerHigh: 0, ProducerLow: 0 })
        {
            KeptDecisions.SetProducer(kept, appended.Record.ProducerId.Span);
        }
        var key = new RedisKeys(appended.Partition, 1).Decisions(RedisKeys.ChunkOf(kept.Offset));
        // In a log an offset is one record's. Here a test may say of one what the test before it said of another.
        var chunk = DecisionChunk.Parser.ParseFrom((byte[]?)await Redis.StringGetAsync(key) ?? []);
        var others = chunk.Decisions.Where(decision => decision.Offset != kept.Offset).ToList();
        await Redis.StringSetAsync(key, new DecisionChunk { Decisions = { others, kept } }.ToByteArray());
        await FoldedAsync(appended.Partition, kept.Offset + 1);
    }

    /// <summary>Says how far a partition is folded.</summary>
    public async Task FoldedAsync(int partition, long position)
    {
        await Redis.HashSetAsync(new RedisKeys(partition, 1).Head, "position", position);
        await Redis.HashSetAsync(RedisKeys.Root(partition), "generation", 1);
    }

    private async Task RunLedgerAsync()
    {
        await foreach (var appended in Log.Records.ReadAllAsync())
        {
            await Volatile.Read(ref onAppended)(appended);
        }
    }

    private static RedisChannel Literal(string name) => new(name, RedisChannel.PatternMode.Literal);
}

/// <summary>One host for all tests that leave it as they found it.</summary>
[CollectionDefinition(Name)]
public sealed class OneHost : ICollectionFixture<CommandHost>
{
    public const string Name = "one CommandService";
}
