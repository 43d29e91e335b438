using BankAccounts.ProjectionService.Log;
using Confluent.Kafka;

namespace BankAccounts.Store.Tests;

/// <summary>Where a partition starts and ends, asked of the client library's own mock cluster.</summary>
public sealed class WatermarksTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TopicPartition Place = new("log", 0);

    [Fact]
    public async Task An_empty_partition_starts_and_ends_at_0_and_each_record_moves_the_end()
    {
        using var broker = new MockBroker(Place.Topic);
        using var consumer = broker.NewConsumer();
        Assert.Equal((0, 0), Ask(consumer));

        await broker.AppendAsync(Place, 3);
        Assert.Equal((0, 3), Ask(consumer));
    }

    [Fact]
    public async Task While_the_leader_is_dead_the_timeout_is_kept_to()
    {
        var broker = new MockBroker(Place.Topic);
        using var consumer = broker.NewConsumer();
        // From now on the client knows a leader to ask.
        Ask(consumer);
        broker.Dispose();

        var asked = Task.Run(() => Watermarks.End(consumer, Place, TimeSpan.FromSeconds(1)));
        await Assert.ThrowsAsync<KafkaException>(() => asked.WaitAsync(Patience));
    }

    private static (long Start, long End) Ask(IConsumer<byte[], byte[]> consumer) =>
        (Watermarks.Start(consumer, Place, Patience), Watermarks.End(consumer, Place, Patience));
}
