using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Kafka;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.ServiceDefaults.Tests;
using BankAccounts.Tests.Logs;
using BankAccounts.Tests.Servers;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BankAccounts.Store.Tests;

/// <summary>What carries transfers on says when Kafka does not take it, traced or not.</summary>
[Collection(OneRedis.Name)]
public sealed class FollowUpProducerTests(Redis redis)
{
    private readonly LogLines<FollowUpProducer> lines = new();

    [Fact]
    public async Task What_Kafka_never_acknowledges_is_told_once_in_a_while()
    {
        var bank = Options.Create(new BankOptions());
        using var clock = new SharedClock(redis.Connection, bank, NullLogger<SharedClock>.Instance);
        await clock.StartAsync(default);
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = $"127.0.0.1:{FreePorts.Take()}",
            MessageTimeoutMs = 100,
        }).Build();
        var followUps = new FollowUpProducer(new LogProducers(producer, producer), clock, bank, lines);
        await Eventually.BecomesTrue(() => Task.FromResult(clock.NowMs is not null), "the time is known");

        for (var sent = 0; sent < 3; sent++)
        {
            Assert.True(followUps.TrySend(Credit(), waiting: 1));
        }
        producer.Flush(TimeSpan.FromSeconds(30));

        var line = Assert.Single(lines.Written);
        Assert.Equal(2501, line.Id);
        Assert.Contains("1 of the records", line.Text, StringComparison.Ordinal);
        await clock.StopAsync(default);
    }

    private static LogRecord Credit() => new()
    {
        TransferCredit = new TransferCreditEvent { ToAccountId = Records.Bytes(Records.Bob) },
    };
}
