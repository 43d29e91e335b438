using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// Transfers: a debit in the source's partition, a credit in the destination's, and a settlement back
/// in the source's. Money that left an account is unsettled until its destination's answer is folded.
/// </summary>
public sealed partial class PartitionLedger
{
    private readonly SortedDictionary<int, OutgoingChannel> outgoing = [];
    private readonly SortedDictionary<int, IncomingChannel> incoming = [];

    /// <summary>The channels at which this partition debits transfers.</summary>
    public IReadOnlyDictionary<int, OutgoingChannel> Outgoing => outgoing;

    /// <summary>The channels at which this partition credits transfers.</summary>
    public IReadOnlyDictionary<int, IncomingChannel> Incoming => incoming;

    /// <summary>Takes in a channel that the store holds.</summary>
    public void Load(OutgoingChannel channel) => outgoing.Add(channel.Destination, channel);

    /// <summary>Takes in a channel that the store holds.</summary>
    public void Load(IncomingChannel channel) => incoming.Add(channel.Source, channel);

    /// <summary>The transfer that a settlement is for; null if it is not unsettled here.</summary>
    public UnsettledTransfer? Find(TransferSettleEvent settle) =>
        outgoing.GetValueOrDefault(PartitionOf(settle.ToAccountId))?.Find(settle.Sequence);

    private static int PartitionOf(ByteString account) =>
        AccountId.TryRead(account.Span, out var id)
            ? id.Partition
            : throw new InvalidOperationException("A record that was read has a malformed account id.");

    private bool IsChannelFull(LogRecord command) =>
        command.BodyCase == BodyCase.Transfer
        && outgoing.TryGetValue(PartitionOf(command.Transfer.ToAccountId), out var channel)
        && channel.IsFull;

    private void OpenTransfer(
        LedgerRecord record, ByteString currencyCode, Decision decision, Changes changes)
    {
        var destination = PartitionOf(record.Command.Transfer.ToAccountId);
        if (!outgoing.TryGetValue(destination, out var channel))
        {
            channel = new OutgoingChannel(destination, nextSequence: 1, Digests.Empty());
            outgoing.Add(destination, channel);
        }
        var transfer = channel.Open(record.Command, record.Entry.Offset, currencyCode);
        changes.Outgoing.Add(channel);
        changes.Unsettled[new(destination, transfer.Sequence)] = transfer;
        changes.Transfers[transfer.Offset] = new(transfer, decision);
    }

    /// <summary>Rules 3 and 4 are not for what projectors send: anybody may send it, any number of times.</summary>
    private void CarryOn(LedgerRecord record, Changes changes)
    {
        if (record.Command.BodyCase == BodyCase.TransferCredit)
        {
            Credit(record, record.Command.TransferCredit, changes);
        }
        else
        {
            Settle(record, record.Command.TransferSettle, changes);
        }
    }

    /// <summary>
    /// Takes a credit only if its number is exactly the next and its chain extends the channel's. One that
    /// was taken before is answered again, unless its source has settled it; one that is too early comes
    /// again; one that does not fit halts the channel until an operator releases it.
    /// </summary>
    private void Credit(LedgerRecord record, TransferCreditEvent credit, Changes changes)
    {
        var source = PartitionOf(credit.FromAccountId);
        var channel = incoming.GetValueOrDefault(source)
            ?? new IncomingChannel(source, lastSequence: 0, Digests.Empty(), settledBelow: 1);
        if (channel.HaltedBy is not null)
        {
            VoidFollowUp(record, VoidReason.ChannelHalted, changes);
        }
        else if (channel.IsRefutedBy(credit))
        {
            incoming[source] = channel;
            changes.Incoming.Add(channel);
            channel.Halt(record.Entry.Offset);
            VoidFollowUp(record, VoidReason.CreditOrphan, changes);
        }
        else if (credit.Sequence > channel.LastSequence + 1)
        {
            VoidFollowUp(record, VoidReason.CreditGap, changes);
        }
        else if (credit.Sequence <= channel.LastSequence)
        {
            if (credit.Sequence >= channel.SettledBelow)
            {
                var reason = channel.Refused.GetValueOrDefault(credit.Sequence);
                changes.Settlements.Add(Answer(record.Command, channel, reason));
            }
            FreeRefusals(channel, credit, changes);
            VoidFollowUp(record, VoidReason.CreditRepeated, changes);
        }
        else
        {
            TakeCredit(record, credit, channel, changes);
        }
    }

    private void TakeCredit(
        LedgerRecord record, TransferCreditEvent credit, IncomingChannel channel, Changes changes)
    {
        incoming[channel.Source] = channel;
        changes.Incoming.Add(channel);
        MoveStreamTime(record);
        var (reason, after) = Rules.Credit(Accounts[record.Account], credit);
        channel.Take(credit, reason);
        if (reason != Reason.Unspecified)
        {
            changes.Refused[new(channel.Source, credit.Sequence)] = reason;
        }
        FreeRefusals(channel, credit, changes);
        ConcludeFollowUp(record, Kind.TransferIn, credit.Amount, reason, after, changes);
        changes.Settlements.Add(Answer(record.Command, channel, reason));
    }

    /// <summary>
    /// An operator lets a channel go on. Like what projectors send it has no place in rules 3 and 4: the
    /// halt that it names makes a second delivery a refusal.
    /// </summary>
    private void Release(LedgerRecord record, ChannelReleaseEvent release, Changes changes)
    {
        MoveStreamTime(record);
        var channel = incoming.GetValueOrDefault(release.SourcePartition);
        var isHalted = channel?.HaltedBy == release.HaltedByOffset;
        if (isHalted)
        {
            foreach (var dropped in channel!.Release(release))
            {
                changes.Refused[new(channel.Source, dropped)] = null;
            }
            changes.Incoming.Add(channel);
        }
        Count(isAccepted: isHalted);
        var reason = isHalted ? Reason.Unspecified : Reason.ChannelNotHalted;
        var offset = record.Entry.Offset;
        Tell(record.Command, offset, new Decision(reason, Balance: 0, Version: 0, offset), changes);
    }

    private static void FreeRefusals(
        IncomingChannel channel, TransferCreditEvent credit, Changes changes)
    {
        if (credit.SettledBelow <= channel.SettledBelow)
        {
            return;
        }
        foreach (var sequence in channel.SettleBelow(credit.SettledBelow))
        {
            changes.Refused[new(channel.Source, sequence)] = null;
        }
        changes.Incoming.Add(channel);
    }

    private static LogRecord Answer(LogRecord command, IncomingChannel channel, Reason reason)
    {
        var credit = command.TransferCredit;
        return new LogRecord
        {
            Traceparent = command.Traceparent,
            TransferSettle = new TransferSettleEvent
            {
                FromAccountId = credit.FromAccountId,
                ToAccountId = credit.ToAccountId,
                Sequence = credit.Sequence,
                Chain = credit.Chain,
                LastSequence = channel.LastSequence,
                Reason = (int)reason,
            },
        };
    }

    /// <summary>Makes a transfer final: settled, or refunded. A refund can always land.</summary>
    private void Settle(LedgerRecord record, TransferSettleEvent settle, Changes changes)
    {
        var destination = PartitionOf(settle.ToAccountId);
        if (!outgoing.TryGetValue(destination, out var channel) || settle.Sequence >= channel.NextSequence)
        {
            VoidFollowUp(record, VoidReason.SettleOrphan, changes);
            return;
        }
        if (channel.Find(settle.Sequence) is not { } transfer)
        {
            VoidFollowUp(record, VoidReason.SettleRepeated, changes);
            return;
        }
        var asked = transfer.Command.Transfer;
        if (!settle.Chain.Span.SequenceEqual(transfer.Chain)
            || settle.FromAccountId != asked.FromAccountId
            || settle.ToAccountId != asked.ToAccountId
            || settle.LastSequence >= channel.NextSequence)
        {
            VoidFollowUp(record, VoidReason.SettleOrphan, changes);
            return;
        }
        MoveStreamTime(record);
        channel.Settle(settle.Sequence);
        changes.Outgoing.Add(channel);
        changes.Unsettled[new(destination, settle.Sequence)] = null;
        changes.TakenByDestination[destination] = Math.Max(
            settle.LastSequence, changes.TakenByDestination.GetValueOrDefault(destination));

        var reason = (Reason)settle.Reason;
        var isRefund = reason != Reason.Unspecified;
        var after = Rules.Settle(Accounts[record.Account]!, asked.Amount, isRefund);
        var final = new Decision(reason, after.Balance, after.Version, transfer.Offset);
        var kind = isRefund ? Kind.TransferRefunded : Kind.TransferSettled;
        Enter(record, after, transfer.Command, kind, asked.Amount, final, changes);
        changes.Transfers[transfer.Offset] = new(transfer, final);
        if (!transfer.Command.RequestId.IsEmpty)
        {
            var request = new RequestKey(record.Account, transfer.Command.RequestId);
            Remember(request, new(Fingerprint.Of(transfer.Command), final), changes);
        }
        head.Settled++;
        Tell(transfer.Command, transfer.Offset, final, changes);
    }

    private void ConcludeFollowUp(
        LedgerRecord record, Kind kind, long amount, Reason reason, Account? after, Changes changes)
    {
        var decision = new Decision(
            reason, after?.Balance ?? 0, after?.Version ?? 0, record.Entry.Offset);
        if (after is not null)
        {
            Enter(record, after, record.Command, kind, amount, decision, changes);
        }
        head.Credited += decision.IsAccepted ? 1 : 0;
        head.Refused += decision.IsAccepted ? 0 : 1;
        Tell(record.Command, record.Entry.Offset, decision, changes);
    }

    private void VoidFollowUp(LedgerRecord record, VoidReason reason, Changes changes) =>
        Void(record, reason, ProducerWindow.NoOffset, changes);
}
