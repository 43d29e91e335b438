using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.Kafka;

/// <summary>The topic is not one that can be a bank's log.</summary>
public sealed class UnfitTopicException(string message) : Exception(message);

/// <summary>
/// The topic that is the log: created if it is missing, and refused if it has too few partitions or
/// forgets. It asks through the connection of the producer that the service has anyway.
/// </summary>
public sealed partial class LogTopic(IOptions<BankOptions> options, ILogger<LogTopic> logger)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string> Retention = new()
    {
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = "-1",
        ["retention.bytes"] = "-1",
    };

    private readonly BankOptions bank = options.Value;

    /// <summary>Creates the topic if it is missing, and checks it.</summary>
    /// <exception cref="KafkaException">Kafka is away; try again later.</exception>
    /// <exception cref="UnfitTopicException">The topic can not be used. Trying again does not help.</exception>
    public async Task EnsureAsync(Handle connection)
    {
        using var admin = new DependentAdminClientBuilder(connection).Build();
        var partitions = PartitionCount(admin);
        if (partitions > 0)
        {
            RequireEnough(partitions);
            if (await ForgettingAsync(admin) is { } problem)
            {
                throw new UnfitTopicException(problem);
            }
        }
        else if (bank.TopicIsManaged)
        {
            throw new KafkaException(new Error(ErrorCode.Local_UnknownTopic, $"topic {bank.Topic} is not there yet"));
        }
        else
        {
            await CreateAsync(admin);
        }
    }

    /// <summary>How the topic forgets; null if it does not, or if somebody else answers for that.</summary>
    /// <exception cref="KafkaException">Kafka did not tell.</exception>
    public async Task<string?> ForgettingAsync(Handle connection)
    {
        using var admin = new DependentAdminClientBuilder(connection).Build();
        return await ForgettingAsync(admin);
    }

    /// <summary>Whether Kafka answers and has the topic, asked with a bound of 2 s.</summary>
    public bool Answers(Handle connection)
    {
        using var admin = new DependentAdminClientBuilder(connection).Build();
        try
        {
            return admin.GetMetadata(bank.Topic, TimeSpan.FromSeconds(2)).Topics
                .Any(topic => topic.Topic == bank.Topic && topic.Error.Code == ErrorCode.NoError);
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private int PartitionCount(IAdminClient admin) =>
        // All topics are asked for: asking for one by name may create it, with the broker's defaults.
        admin.GetMetadata(RequestTimeout).Topics
            .Where(topic => topic.Topic == bank.Topic)
            .Select(topic => topic.Partitions.Count)
            .SingleOrDefault();

    private async Task CreateAsync(IAdminClient admin)
    {
        try
        {
            await admin.CreateTopicsAsync(
                [
                    new TopicSpecification
                    {
                        Name = bank.Topic,
                        NumPartitions = bank.PartitionCount,
                        ReplicationFactor = bank.ReplicationFactor,
                        Configs = new Dictionary<string, string>(Retention)
                        {
                            ["unclean.leader.election.enable"] = "false",
                        },
                    },
                ],
                new CreateTopicsOptions { RequestTimeout = RequestTimeout, OperationTimeout = RequestTimeout });
            LogCreated(bank.Topic, bank.PartitionCount);
        }
        catch (CreateTopicsException exists) when (exists.Results.All(
            result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another replica was faster.
            RequireEnough(PartitionCount(admin));
        }
    }

    private void RequireEnough(int partitions)
    {
        if (partitions < bank.PartitionCount)
        {
            throw new UnfitTopicException(string.Create(
                CultureInfo.InvariantCulture,
                $"Topic {bank.Topic} has {partitions} partitions, but Bank:PartitionCount is {bank.PartitionCount}."));
        }
    }

    private async Task<string?> ForgettingAsync(IAdminClient admin)
    {
        if (bank.TopicIsManaged)
        {
            return null;
        }
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = bank.Topic };
        var described = await admin.DescribeConfigsAsync(
            [resource], new DescribeConfigsOptions { RequestTimeout = RequestTimeout });
        var entries = described.Single().Entries;
        foreach (var (name, required) in Retention)
        {
            if (entries.TryGetValue(name, out var entry) && entry.Value != required)
            {
                return $"Topic {bank.Topic} has {name}={entry.Value}; a bank's log needs {name}={required},"
                    + " because nothing of it may ever be forgotten.";
            }
        }
        return null;
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information,
        Message = "Created topic {Topic} with {Partitions} partitions and unlimited retention.")]
    private partial void LogCreated(string topic, int partitions);
}
