using BankAccounts.ServiceDefaults;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService.Log;

/// <summary>Opens readers of the log that are beside the consumer group, with the same client settings.</summary>
public sealed class LogCursors(ConsumerConfig settings, IOptions<BankOptions> bank)
{
    /// <summary>A reader of a partition from offset 0.</summary>
    public ILogCursor Open(int partition)
    {
        var config = new ConsumerConfig(
            settings.ToDictionary(setting => setting.Key, setting => setting.Value))
        {
            GroupId = $"beside-{Guid.NewGuid():N}",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Error,
        };
        return new KafkaLogCursor(config, new TopicPartition(bank.Value.Topic, partition));
    }
}
