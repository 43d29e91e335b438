using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Transfers;

/// <summary>
/// Carries the transfers of one partition on: credits to their destinations, answers to the sources. It
/// is quiet until the fold has caught up with the end that the log had at the start; what was asked
/// meanwhile is asked again by the source. It belongs to the projector's loop and has no thread.
/// </summary>
/// <param name="trySend">
/// Appends a record without waiting, of so many transfers that wait to be carried on; false if that cannot be done now.
/// </param>
/// <param name="clock">Tells when it is time to send again.</param>
/// <param name="maxTransfersPerRecord">How many transfers share a record at the most.</param>
public sealed class TransferSender(Func<LogRecord, int, bool> trySend, TimeProvider clock, int maxTransfersPerRecord)
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
        var answered = changes.Settlements.Sum(settlement => settlement.TransferSettle.TransferCount());
        foreach (var settlement in changes.Settlements)
        {
            trySend(settlement, answered);
        }
    }

    /// <summary>Sends what is due.</summary>
    public void SendDue()
    {
        var nowMs = NowMs;
        foreach (var queue in queues.Values)
        {
            foreach (var transfers in SharedRecords.Of(queue.TakeDue(nowMs), maxTransfersPerRecord))
            {
                trySend(FollowUps.CreditOf(transfers, queue.SettledBelow), queue.Count);
            }
        }
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
