using BankAccounts.ProjectionService.Grpc;
using BankAccounts.ProjectionService.History;
using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Tracing;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService;

/// <summary>What this service is made of.</summary>
public static class ProjectionServiceSetup
{
    /// <summary>Adds the projectors and what they read from and write to.</summary>
    public static void AddProjection(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ProjectionOptions>()
            .BindConfiguration(ProjectionOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.AddKafkaConsumer<byte[]?, byte[]?>(
            "kafka",
            settings =>
            {
                (settings.DisableHealthChecks, settings.DisableMetrics, settings.DisableTracing) =
                    (true, true, true);
                settings.Config.BootstrapServers = settings.ConnectionString ?? settings.Config.BootstrapServers;
                // The name of the topic, the time and the headers are not looked at: the frame has its own.
                settings.Config.ConsumeResultFields = "none";
                builder.Services.AddSingleton(settings.Config);
            },
            (services, consumer) =>
            {
                var reader = services.GetRequiredService<LogReader>();
                consumer.SetErrorHandler((_, error) => reader.OnError(error));
                consumer.SetPartitionsAssignedHandler((_, partitions) => reader.OnAssigned(partitions));
                consumer.SetPartitionsRevokedHandler((_, partitions) =>
                    reader.OnRevoked([.. partitions.Select(partition => partition.TopicPartition)]));
                consumer.SetPartitionsLostHandler((_, partitions) =>
                    reader.OnRevoked([.. partitions.Select(partition => partition.TopicPartition)]));
            });
        builder.AddLogProducers();
        builder.AddSharedClock();
        builder.Services.AddSingleton<EvictionGuard>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EvictionGuard>());
        builder.Services.AddSingleton<FollowUpProducer>();
        builder.Services.AddSingleton<LogEnds>();
        builder.Services.AddSingleton<LogCursors>();
        builder.Services.AddSingleton<ProjectorGroup>();
        builder.Services.AddSingleton<LogReader>();
        builder.Services.AddSingleton<Func<PartitionFeed, PartitionProjector>>(CreateProjector);
        builder.Services.AddHostedService<ProjectionGauges>();
        // Not the consumer's: there an answer waits behind the fetch that waits for new records.
        builder.AddLogTopic(services => services.GetRequiredService<IProducer<byte[], byte[]>>().Handle);
        builder.Services.AddHostedService(services => services.GetRequiredService<LogReader>());
        builder.Services.AddSingleton<GenerationCleaner>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GenerationCleaner>());
        builder.Services.AddSingleton<HistorySealer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HistorySealer>());
        builder.Services.AddSingleton<StatusReader>();
        builder.Services.AddSingleton<VerifyCall>();
        builder.Services.AddSingleton<RebuildCall>();
        builder.Services.AddSingleton<LiveState>();
        builder.Services.AddSingleton<VoidList>();
        builder.Services.AddSingleton<ChannelList>();
        builder.Services.AddSingleton<ReleaseCall>();
        builder.Services.AddHealthChecks().AddCheck<ProjectorGroup>("ledger");
    }

    private static Func<PartitionFeed, PartitionProjector> CreateProjector(IServiceProvider services) => feed =>
    {
        var bank = services.GetRequiredService<IOptions<BankOptions>>().Value;
        var timeout = bank.RedisTimeout;
        var database = services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        return new PartitionProjector(
            feed,
            new PartitionStore(database, feed.Partition, timeout),
            services.GetRequiredService<FollowUpProducer>(),
            services.GetRequiredService<LogEnds>(),
            new OwnerReport(database, feed.Partition, Instance.Name, timeout),
            services.GetRequiredService<GenerationCleaner>(),
            services.GetRequiredService<HistorySealer>(),
            new BatchTracer(bank.Topic, services.GetRequiredService<ConsumerConfig>().GroupId, feed.Partition),
            services.GetRequiredService<IOptions<ProjectionOptions>>().Value,
            services.GetRequiredService<ILogger<PartitionProjector>>());
    };
}
