using System.Security.Cryptography;
using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService.Transfers;

/// <summary>
/// Appends the records that carry transfers on. It never waits: what cannot be sent now, or is lost, is
/// sent again by whoever owns the transfer's source.
/// </summary>
public sealed class FollowUpProducer(
    IProducer<byte[], byte[]> producer, SharedClock clock, IOptions<BankOptions> bank)
{
    private readonly ByteString producerId =
        ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Bounds.ProducerIdSize));

    private long sequence;

    /// <summary>Hands a record over to the client library; false if that cannot be done now.</summary>
    public bool TrySend(LogRecord record)
    {
        if (clock.NowMs is not { } nowMs
            || !AccountId.TryRead(PossibleRecord.AccountOf(record).Span, out var account))
        {
            return false;
        }
        record.RecordedAtMs = nowMs;
        record.ProducerId = producerId;
        record.ProducerSequence = Interlocked.Increment(ref sequence);
        try
        {
            producer.Produce(
                new TopicPartition(bank.Value.Topic, account.Partition),
                new Message<byte[], byte[]>
                {
                    Key = Encoding.ASCII.GetBytes(account.ToString()),
                    Value = LogFrame.Encode(record),
                });
            return true;
        }
        catch (ProduceException<byte[], byte[]>)
        {
            return false;
        }
    }
}
