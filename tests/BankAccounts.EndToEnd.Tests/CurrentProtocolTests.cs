using System.Diagnostics;
using System.Globalization;
using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.V1;
using Confluent.Kafka;
using Metadata = Grpc.Core.Metadata;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// The same services, unchanged, on a Kafka that the bank did not start and that speaks the current
/// protocol. The one that is started locally may be too old to know headers or idempotent producers.
/// </summary>
public sealed class CurrentProtocolTests
{
    [Fact]
    public async Task On_a_current_Kafka_records_carry_trace_headers_and_the_producer_is_idempotent()
    {
        using var kafka = new MockKafka("bank-accounts");
        var folder = Bank.NewDataFolder();
        try
        {
            await using var bank = await Bank.StartAsync(
                folder,
                $"--ConnectionStrings:kafka={kafka.BootstrapServers}",
                string.Create(CultureInfo.InvariantCulture, $"--partitions={kafka.PartitionCount}"),
                "--Bank:TopicIsManaged=true",
                "--command-services=1",
                "--projectors=1");
            var traces = new List<ActivityTraceId>();
            for (var number = 0; number < 10; number++)
            {
                traces.AddRange(await AnAccountsLifeAsync(bank));
            }
            var batches = await kafka.BatchesAsync();
            var records = kafka.Records();

            Assert.Equal(traces.Count, records.Count);
            Assert.Equal(
                traces.Select(trace => trace.ToString()).Order(),
                records.Select(TraceIdOf).Order());
            Assert.Equal(traces.Count, batches.Sum(batch => batch.Records));
            Assert.All(batches, batch => Assert.Equal(2, batch.Magic));
            Assert.All(batches, batch => Assert.True(
                batch is { ProducerId: >= 0, ProducerEpoch: >= 0 }, $"{batch}: not idempotent."));
            Assert.All(batches.GroupBy(batch => (batch.Partition, batch.ProducerId)), NumbersFollow);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Each call in a trace of its own; the result is these traces.</summary>
    private static async Task<List<ActivityTraceId>> AnAccountsLifeAsync(Bank bank)
    {
        var client = bank.NewCommands();
        var traces = new List<ActivityTraceId>();
        var created = await client.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Ada Lovelace" }, NewTrace(), Bank.In(30));
        var account = created.AccountId;

        var deposited = await client.DepositAsync(
            new DepositRequest { AccountId = account, Amount = 100 }, NewTrace(), Bank.In(30));
        Assert.Equal((100, 2), (deposited.Decision.Balance, deposited.Decision.Version));
        var overdraft = await Refusal.OfAsync(client.WithdrawAsync(
            new WithdrawRequest { AccountId = account, Amount = 101 }, NewTrace(), Bank.In(30)));
        Assert.Equal("INSUFFICIENT_FUNDS", overdraft.Reason);
        var withdrawn = await client.WithdrawAsync(
            new WithdrawRequest { AccountId = account, Amount = 30 }, NewTrace(), Bank.In(30));
        Assert.Equal((70, 3), (withdrawn.Decision.Balance, withdrawn.Decision.Version));

        var answer = await bank.GetAccountAsync(account, withdrawn.Decision.Position);
        Assert.Equal((70, 3), (answer.Balance, answer.Version));
        return traces;

        Metadata NewTrace()
        {
            traces.Add(ActivityTraceId.CreateRandom());
            return new Metadata { { "traceparent", $"00-{traces[^1]}-{ActivitySpanId.CreateRandom()}-01" } };
        }
    }

    /// <summary>The trace of a record, which its header and its frame must agree on.</summary>
    private static string TraceIdOf(ConsumeResult<byte[], byte[]> record)
    {
        var header = Assert.Single(record.Message.Headers);
        Assert.Equal("traceparent", header.Key);
        var traceparent = Encoding.ASCII.GetString(header.GetValueBytes());
        Assert.Equal(FrameKind.Record, LogFrame.Decode(record.Message.Value, out LogRecord? framed));
        Assert.Equal(traceparent, framed!.Traceparent.ToStringUtf8());
        Assert.True(ActivityContext.TryParse(traceparent, traceState: null, out var context), traceparent);
        return context.TraceId.ToString();
    }

    /// <summary>A producer numbers its records of a partition without gaps, from 0.</summary>
    private static void NumbersFollow(IEnumerable<RecordBatch> batchesOfProducer)
    {
        var expected = 0;
        foreach (var batch in batchesOfProducer)
        {
            Assert.Equal(expected, batch.BaseSequence);
            expected += batch.Records;
        }
    }
}
