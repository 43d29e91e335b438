using BankAccounts.ServiceDefaults;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService.Log;

/// <summary>Where the log of a partition starts and ends, asked of its leader.</summary>
public sealed class LogEnds(IServiceProvider services, IOptions<BankOptions> bank)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private const int LooksBeforeItIsBelieved = 8;

    /// <summary>The first offset of a partition, and the one behind its last record.</summary>
    /// <exception cref="KafkaException">Kafka is away.</exception>
    public Task<(long Start, long End)> OfAsync(int partition, CancellationToken cancellation) => AskAsync(
        partition,
        (consumer, place) =>
            (Watermarks.Start(consumer, place, RequestTimeout), Watermarks.End(consumer, place, RequestTimeout)),
        cancellation);

    /// <summary>The offset behind the last record of a partition.</summary>
    /// <exception cref="KafkaException">Kafka is away.</exception>
    public Task<long> EndAsync(int partition, CancellationToken cancellation) => AskAsync(
        partition, (consumer, place) => Watermarks.End(consumer, place, RequestTimeout), cancellation);

    /// <summary>
    /// Whether the log reaches a position, looked at for some seconds: an old broker's end can step back
    /// briefly after a failover.
    /// </summary>
    public async Task<bool> ReachesAsync(int partition, long position, CancellationToken cancellation)
    {
        for (var look = 0; look < LooksBeforeItIsBelieved; look++)
        {
            if (await EndAsync(partition, cancellation) >= position)
            {
                return true;
            }
            await Task.Delay(LookAgain, cancellation);
        }
        return false;
    }

    // The client library blocks, and all partitions ask at once: not on the pool's few threads.
    private Task<T> AskAsync<T>(
        int partition, Func<IConsumer<byte[]?, byte[]?>, TopicPartition, T> ask, CancellationToken cancellation) =>
        Task.Factory.StartNew(
            () => ask(
                services.GetRequiredService<IConsumer<byte[]?, byte[]?>>(),
                new TopicPartition(bank.Value.Topic, partition)),
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
}
