using BankAccounts.ProjectionService.Log;
using Confluent.Kafka;

namespace BankAccounts.Store.Tests;

/// <summary>Where a member of the group reads on, asked of the client library's own mock cluster.</summary>
public sealed class ReadingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TopicPartition Place = new("log", 0);

    [Fact]
    public async Task After_an_offset_that_the_log_does_not_have_the_partition_is_read_again()
    {
        using var broker = new MockBroker(Place.Topic);
        await broker.AppendAsync(Place, 3);
        using var consumer = NewMember(broker, begin: 100);
        var lost = Assert.Throws<ConsumeException>(() => ReadNext(consumer));
        Assert.Equal(ErrorCode.Local_AutoOffsetReset, lost.Error.Code);

        Assert.True(consumer.ReadOn(new TopicPartitionOffset(Place, 1)));
        Assert.Equal(1, ReadNext(consumer).Offset.Value);

        // And as ever from then on.
        Assert.False(consumer.ReadOn(new TopicPartitionOffset(Place, 0)));
        Assert.Equal(0, ReadNext(consumer).Offset.Value);
        consumer.Close();
    }

    [Fact]
    public async Task A_partition_that_was_paused_when_the_group_took_it_away_is_read_when_it_comes_back()
    {
        using var broker = new MockBroker(Place.Topic);
        await broker.AppendAsync(Place, 3);
        using var consumer = NewMember(broker, begin: 0);
        ReadNext(consumer);
        consumer.Pause([Place]);

        consumer.IncrementalUnassign([Place]);
        consumer.IncrementalAssign([new TopicPartitionOffset(Place, 0)]);
        // As the reader does with a partition that is new to it.
        if (new PartitionFeed(Place.Partition, capacity: 10) is { IsPaused: true, IsHalfEmpty: true })
        {
            consumer.Resume([Place]);
        }

        Assert.Equal(0, ReadNext(consumer).Offset.Value);
        consumer.Close();
    }

    private static ConsumeResult<byte[], byte[]> ReadNext(IConsumer<byte[], byte[]> consumer)
    {
        for (var end = DateTime.UtcNow + Patience; DateTime.UtcNow < end;)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } read && read.Partition == Place.Partition)
            {
                return read;
            }
        }
        throw new TimeoutException("Nothing was read.");
    }

    private static IConsumer<byte[], byte[]> NewMember(MockBroker broker, long begin)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = broker.Address,
            GroupId = "reads",
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            AutoOffsetReset = AutoOffsetReset.Error,
        };
        var consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetPartitionsAssignedHandler((_, assigned) => assigned.Select(one =>
                new TopicPartitionOffset(one, one.Partition == Place.Partition ? begin : Offset.Beginning)))
            .Build();
        consumer.Subscribe(Place.Topic);
        return consumer;
    }
}
