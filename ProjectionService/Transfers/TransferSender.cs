using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Transfers;

/// <summary>
/// Carries the transfers of one partition on: credits to their destinations, answers to the sources. It
/// is quiet until the fold has caught up with the end that the log had at the start; what was asked
/// meanwhile is asked again by the source. It belongs to the projector's loop and has no thread.
/// </summary>
/// <param name="trySend">
/// Appends a record, of so many that wait to be carried on, without waiting; false if that cannot be done now.
/// </param>
/// <param name="clock">Tells when it is time to send again.</param>
public sealed class TransferSender(Func<LogRecord, int, bool> trySend, TimeProvider clock)
{
    private readonly SortedDictionary<int, OutgoingWindow> queues = [];
    private bool isStarted;

    /// <summary>How many transfers are not settled.</summary>
    public int Unsettled => queues.Values.Sum(queue => queue.Count);

    private long NowMs => clock.GetTimestamp() / (clock.TimestampFrequency / 1_000);

    /// <summary>Begins to send, with what is not settled now.</summary>
    public void Start(PartitionLedger ledger)
    {
        if (isStarted)
        {
            return;
        }
        isStarted = true;
        foreach (var channel in ledger.Outgoing.Values)
        {
            foreach (var transfer in channel.Unsettled)
            {
                QueueTo(channel.Destination).Add(transfer);
            }
        }
        foreach (var queue in queues.Values)
        {
            queue.AskFirst();
        }
    }

    /// <summary>Follows what a confirmed batch changed.</summary>
    public void Follow(Changes changes)
    {
        if (!isStarted)
        {
            return;
        }
        var nowMs = NowMs;
        foreach (var (entry, transfer) in changes.Unsettled)
        {
            if (transfer is null)
            {
                QueueTo(entry.Partition).Settle(entry.Sequence, nowMs);
            }
            else
            {
                QueueTo(entry.Partition).Add(transfer);
            }
        }
        foreach (var (destination, lastSequence) in changes.TakenByDestination)
        {
            QueueTo(destination).DestinationTook(lastSequence);
        }
        foreach (var settlement in changes.Settlements)
        {
            trySend(settlement, changes.Settlements.Count);
        }
    }

    /// <summary>Sends what is due.</summary>
    public void SendDue()
    {
        var nowMs = NowMs;
        foreach (var queue in queues.Values)
        {
            foreach (var transfer in queue.TakeDue(nowMs))
            {
                trySend(CreditOf(transfer, queue.SettledBelow), queue.Count);
            }
        }
    }

    private static LogRecord CreditOf(UnsettledTransfer transfer, long settledBelow)
    {
        var asked = transfer.Command.Transfer;
        return new LogRecord
        {
            Traceparent = transfer.Command.Traceparent,
            TransferCredit = new TransferCreditEvent
            {
                FromAccountId = asked.FromAccountId,
                ToAccountId = asked.ToAccountId,
                Amount = asked.Amount,
                CurrencyCode = transfer.CurrencyCode,
                Description = asked.Description,
                Sequence = transfer.Sequence,
                SourceOffset = transfer.Offset,
                Chain = UnsafeByteOperations.UnsafeWrap(transfer.Chain),
                SettledBelow = settledBelow,
            },
        };
    }

    private OutgoingWindow QueueTo(int destination)
    {
        if (!queues.TryGetValue(destination, out var queue))
        {
            queue = new OutgoingWindow();
            queues.Add(destination, queue);
        }
        return queue;
    }
}
