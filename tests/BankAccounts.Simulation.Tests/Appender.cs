using BankAccounts.CommandService.Log;
using BankAccounts.Log.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// A CommandService: numbers what it sends, per partition, with the real window. It learns that a record
/// is in the log, or gives up and never sends its number again.
/// </summary>
internal sealed class Appender(int number, int partitions)
{
    private readonly SequenceWindow[] windows =
        [.. Enumerable.Range(0, partitions).Select(_ => new SequenceWindow())];

    private readonly ByteString id = ByteString.CopyFrom(Records.Producer(number));

    /// <summary>What the broker acknowledged: partition and sequence.</summary>
    public List<(int Partition, long Sequence)> Acknowledged { get; } = [];

    public ByteString Id => id;

    /// <summary>Hands a command over; false if too much is unresolved.</summary>
    public bool TrySend(Partition to, LogRecord command, long nowMs, bool isAcknowledged)
    {
        var window = windows[to.Number];
        if (!window.TryTake(out var sequence))
        {
            return false;
        }
        var record = command.Clone();
        (record.ProducerId, record.ProducerSequence, record.RecordedAtMs) = (id, sequence, nowMs);
        record.ReplyTo = ByteString.CopyFromUtf8("appender");
        if (!isAcknowledged)
        {
            window.Resolve(sequence);
        }
        to.OnTheirWay.Add(Partition.SendOf(record, !isAcknowledged ? null : () =>
        {
            window.Resolve(sequence);
            Acknowledged.Add((to.Number, sequence));
        }));
        return true;
    }
}
