using System.Diagnostics;
using System.Runtime.InteropServices;
using BankAccounts.Bench.Measuring;
using Confluent.Kafka;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>What Kafka and its client do by themselves, with records of the bank's own log.</summary>
internal sealed class RawKafka(KafkaClients clients, int partitions) : IDisposable
{
    /// <summary>The log of the bank.</summary>
    public const string Log = "bank-accounts";

    /// <summary>Where records are produced to: as many partitions as the log, the same settings.</summary>
    public const string Topic = "bench-raw";

    /// <summary>One partition, for latencies.</summary>
    public const string LatencyTopic = "bench-latency";

    private const int SampleRecords = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<(TopicPartition Place, Message<byte[], byte[]> Message)> records = [];
    private IProducer<byte[], byte[]>? producer;

    /// <summary>Takes records out of the log, to be produced again as they are.</summary>
    public void TakeSample()
    {
        using var consumer = clients.NewConsumer();
        var ends = Assign(consumer);
        if (ends.Values.Sum() < SampleRecords)
        {
            throw new BenchException("The log has too few records for a sample.");
        }
        while (records.Count < SampleRecords)
        {
            var record = consumer.Consume(Patience) ?? throw new BenchException("The log cannot be read.");
            records.Add((
                new TopicPartition(Topic, record.Partition),
                new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value }));
        }
        // One partition after the other is how they were read, not how they came to be.
        Random.Shared.Shuffle(CollectionsMarshal.AsSpan(records));
    }

    /// <summary>As many records a second as will go, <c>acks=all</c>, with batches as large as they get in 5 ms.</summary>
    public Task<Sample> ProduceAsync(TimeSpan duration) => Task.Run(() =>
    {
        producer ??= KafkaClients.NewProducer(Throughput());
        long acknowledged = 0, failed = 0;
        var clock = Stopwatch.StartNew();
        Action<DeliveryReport<byte[], byte[]>> heard = report =>
        {
            _ = report.Error.IsError ? Interlocked.Increment(ref failed) : Interlocked.Increment(ref acknowledged);
        };
        for (var i = 0; clock.Elapsed < duration; i = (i + 1) % records.Count)
        {
            Produce(records[i].Place, records[i].Message, heard);
        }
        var inTime = Interlocked.Read(ref acknowledged);
        var elapsed = clock.Elapsed;
        producer.Flush(Patience);
        return failed == 0
            ? new Sample(inTime / elapsed.TotalSeconds, inTime)
            : throw new BenchException($"{failed} records could not be produced.");
    });

    /// <summary>Reads the bank's log from its beginning, all partitions, over and over.</summary>
    public Task<Sample> ConsumeAsync(TimeSpan duration) => Task.Run(() =>
    {
        long read = 0;
        var reading = TimeSpan.Zero;
        while (reading < duration)
        {
            using var consumer = clients.NewConsumer();
            var left = Assign(consumer).Values.Sum();
            // From the first record on: how long a client takes to connect is not a rate.
            _ = consumer.Consume(Patience) ?? throw new BenchException("The log cannot be read.");
            var clock = Stopwatch.StartNew();
            for (left--; left > 0; left--)
            {
                _ = consumer.Consume(Patience) ?? throw new BenchException("The log ends too early.");
                read++;
            }
            reading += clock.Elapsed;
        }
        return new Sample(read / reading.TotalSeconds, read);
    });

    /// <summary>How long one record takes to a consumer that waits for it, one record at a time: the median.</summary>
    public Task<Sample> LatencyAsync(TimeSpan duration) => Task.Run(() =>
    {
        using var trip = NewRoundTrip();
        var latency = new LatencyHistogram();
        var clock = Stopwatch.StartNew();
        // The first ones find their way to the broker.
        for (var number = -50; clock.Elapsed < duration; number++)
        {
            var begun = clock.Elapsed;
            trip.Make(SampleOf(Math.Abs(number)));
            if (number >= 0)
            {
                latency.Record(clock.Elapsed - begun);
            }
        }
        return new Sample(latency.Quantile(0.5).TotalMilliseconds, latency.Count, latency);
    });

    /// <summary>Something that sends one record at a time to <see cref="LatencyTopic"/>.</summary>
    public RoundTrip NewRoundTrip() => new(clients, new TopicPartition(LatencyTopic, 0));

    /// <summary>A record of the sample.</summary>
    public Message<byte[], byte[]> SampleOf(int number) => records[number % records.Count].Message;

    public void Dispose() => producer?.Dispose();

    private void Produce(
        TopicPartition place, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>> heard)
    {
        while (true)
        {
            try
            {
                producer!.Produce(place, message, heard);
                return;
            }
            catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(1);
            }
        }
    }

    private ProducerConfig Throughput()
    {
        var config = clients.ProducerConfig();
        config.LingerMs = 5;
        config.BatchNumMessages = 10_000;
        // A report says whether, not what.
        config.DeliveryReportFields = "none";
        return config;
    }

    /// <summary>Reads the log from its beginning. Gives where each partition ends now.</summary>
    private Dictionary<TopicPartition, long> Assign(IConsumer<byte[], byte[]> consumer)
    {
        var places = Enumerable.Range(0, partitions).Select(partition => new TopicPartition(Log, partition)).ToList();
        var ends = places.ToDictionary(
            place => place, place => consumer.QueryWatermarkOffsets(place, Patience).High.Value);
        consumer.Assign(places.Select(place => new TopicPartitionOffset(place, Offset.Beginning)));
        return ends;
    }
}
