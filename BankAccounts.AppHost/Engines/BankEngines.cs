using BankAccounts.AppHost.Engines.Kafka;
using BankAccounts.AppHost.Engines.Redis;
using Microsoft.Extensions.Configuration;

namespace BankAccounts.AppHost.Engines;

/// <summary>
/// The two servers that the bank stands on. A connection string in the configuration
/// (<c>ConnectionStrings:kafka</c>, <c>ConnectionStrings:redis</c>) wins: then that one is used as
/// it is. Otherwise they are started, as <see cref="EngineChoice" /> decides.
/// </summary>
public static class BankEngines
{
    /// <summary>The topic that is the log.</summary>
    public const string Topic = "bank-accounts";

    /// <summary>Adds the Kafka that holds the log.</summary>
    /// <exception cref="BankStartException">It cannot be started on this machine.</exception>
    public static IResourceBuilder<IResourceWithConnectionString> AddBankKafka(
        this IDistributedApplicationBuilder builder, string name, BankSettings settings)
    {
        if (IsConfigured(builder, name))
        {
            return builder.AddConnectionString(name)
                .WithAnnotation(KafkaClientSettings.ForCurrentKafka with
                {
                    TopicIsManaged = settings.TopicIsManaged,
                });
        }

        if (IsLocal(builder, name, settings))
        {
            // Before the folder is written to: a fresh start empties it.
            var partitions = LogPartitions.Of(builder, name, settings);
            return builder.AddLocalKafka(name, settings.Brokers).WithTopic(Topic, partitions);
        }

        if (settings.Brokers > 1)
        {
            throw new BankStartException(
                "--brokers needs --engines local: as a container there is one broker.");
        }

        // The services create the topic here. Its retention is their business, the broker's is a
        // safeguard.
        return builder.AddKafka(name)
            .WithEnvironment("KAFKA_LOG_RETENTION_MS", "-1")
            .WithEnvironment("KAFKA_LOG_RETENTION_BYTES", "-1")
            .WithEnvironment("KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE", "false")
            .WithDataVolume(ContainerVolumes.Name(builder, name));
    }

    /// <summary>Adds the Redis that holds the answers.</summary>
    /// <exception cref="BankStartException">It cannot be started on this machine.</exception>
    public static IResourceBuilder<IResourceWithConnectionString> AddBankRedis(
        this IDistributedApplicationBuilder builder, string name, BankSettings settings)
    {
        if (IsConfigured(builder, name))
        {
            return builder.AddConnectionString(name);
        }

        if (IsLocal(builder, name, settings))
        {
            return settings.RedisCluster
                ? builder.AddLocalRedisCluster(name)
                : builder.AddLocalRedis(name);
        }

        if (settings.RedisCluster)
        {
            throw new BankStartException(
                "--redis-cluster needs --engines local: as a container there is one Redis.");
        }

        return builder.AddRedis(name)
            .WithDataVolume(ContainerVolumes.Name(builder, name))
            .WithPersistence();
    }

    /// <summary>Whether a server is started as processes of this machine.</summary>
    internal static bool IsLocal(IDistributedApplicationBuilder builder, string name, BankSettings settings) =>
        !IsConfigured(builder, name) && Kind(builder, settings) == EngineKind.Local;

    private static EngineKind Kind(IDistributedApplicationBuilder builder, BankSettings settings)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            // Processes of this machine have no place in what is published.
            return EngineKind.Containers;
        }

        var kafkaIsThere = IsConfigured(builder, "kafka")
                           || (Programs.Java() is not null
                               && KafkaDistribution.IsThere(builder.AppHostDirectory));
        var redisIsThere = IsConfigured(builder, "redis")
                           || Programs.OnPath("redis-server") is not null;
        return EngineChoice.Choose(
            settings.Engines, kafkaIsThere && redisIsThere, EngineChoice.ContainerDaemonAnswers);
    }

    private static bool IsConfigured(IDistributedApplicationBuilder builder, string name) =>
        !string.IsNullOrEmpty(builder.Configuration.GetConnectionString(name));
}
