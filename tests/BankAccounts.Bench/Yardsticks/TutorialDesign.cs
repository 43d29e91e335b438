using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BankAccounts.Bench.Measuring;
using Confluent.Kafka;
using StackExchange.Redis;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>
/// The design of the usual tutorial on the same Kafka and Redis: a producer that waits for each event to be stored
/// (<c>acks=all</c>), and a consumer that for each event reads the balance, changes it, writes it and commits its
/// offset. What both have done counts.
/// </summary>
internal sealed class TutorialDesign(KafkaClients clients, string redis)
{
    public const string Topic = "bench-tutorial";

    private const int Accounts = 1_000;
    private const string Balances = "bench:tutorial";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<Sample> RunAsync(TimeSpan duration)
    {
        using var consumer = NewConsumer();
        var producing = Task.Run(() => ProduceAsync(duration));
        var clock = Stopwatch.StartNew();
        var projecting = Task.Run(() => ProjectAsync(consumer, producing));
        await producing;
        var projected = await projecting;
        return new Sample(projected / clock.Elapsed.TotalSeconds, projected);
    }

    private async Task<long> ProduceAsync(TimeSpan duration)
    {
        var config = clients.ProducerConfig();
        // One at a time there is nothing to wait for.
        config.LingerMs = 0;
        using var producer = KafkaClients.NewProducer(config);
        var clock = Stopwatch.StartNew();
        long produced = 0;
        for (; clock.Elapsed < duration; produced++)
        {
            var account = Random.Shared.Next(Accounts).ToString(CultureInfo.InvariantCulture);
            await producer.ProduceAsync(Topic, new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(account),
                Value = Encoding.UTF8.GetBytes($$"""{"type":"Deposited","account":"{{account}}","amount":1}"""),
            });
        }
        return produced;
    }

    private async Task<long> ProjectAsync(IConsumer<byte[], byte[]> consumer, Task<long> producing)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(redis);
        var database = connection.GetDatabase();
        long projected = 0;
        while (!producing.IsCompleted || projected < await producing)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record)
            {
                continue;
            }
            using var deposited = JsonDocument.Parse(record.Message.Value);
            var account = deposited.RootElement.GetProperty("account").GetString();
            var balance = (long)await database.HashGetAsync(Balances, account);
            await database.HashSetAsync(
                Balances, account, balance + deposited.RootElement.GetProperty("amount").GetInt64());
            consumer.Commit(record);
            projected++;
        }
        return projected;
    }

    private IConsumer<byte[], byte[]> NewConsumer()
    {
        var config = clients.ConsumerConfig();
        config.GroupId = "bench-tutorial";
        var consumer = clients.NewConsumer(config);
        var place = new TopicPartition(Topic, 0);
        consumer.Assign(new TopicPartitionOffset(place, consumer.QueryWatermarkOffsets(place, Patience).High));
        return consumer;
    }
}
