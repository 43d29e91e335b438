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

    /// <summary>
    /// The accounts that a follow-up is about. A settlement names the first of its transfers only; the others are known
    /// here, unless their commands are in the same batch and name them.
    /// </summary>
    public IEnumerable<AccountId> AccountsOf(LedgerRecord followUp) =>
        followUp.Command.TransferCredit is { } credit
            ? credit.Transfers().Select(transfer => Read(transfer.To))
            : [followUp.Account, .. SourcesOf(followUp.Command.TransferSettle)];

    private IEnumerable<AccountId> SourcesOf(TransferSettleEvent settle) =>
        outgoing.TryGetValue(PartitionOf(settle.ToAccountId), out var channel)
            ? settle.Transfers()
                .Select(transfer => channel.Find(transfer.Sequence))
                .OfType<UnsettledTransfer>()
                .Select(transfer => Read(transfer.Command.Transfer.FromAccountId))
            : [];

    private static AccountId Read(ByteString account) =>
        AccountId.TryRead(account.Span, out var id)
            ? id
            : throw new InvalidOperationException("A record that was read has a malformed account id.");

    private static int PartitionOf(ByteString account) => Read(account).Partition;

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
    /// Takes of a credit what comes next in its channel, if its chain extends the channel's. What was taken before is
    /// answered again, unless its source has settled it; a credit that is too early comes again; one that does not fit
    /// halts the channel until an operator releases it.
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
        else if (channel.LeavesOut(credit))
        {
            VoidFollowUp(record, VoidReason.CreditGap, changes);
        }
        else
        {
            if (credit.ThroughSequence() > channel.LastSequence)
            {
                TakeNext(record, credit, channel, changes);
            }
            else
            {
                VoidFollowUp(record, VoidReason.CreditRepeated, changes);
            }
            if (FollowUps.AnswerTo(record.Command, channel) is { } answer)
            {
                changes.Settlements.Add(answer);
            }
            FreeRefusals(channel, credit, changes);
        }
    }

    private void TakeNext(
        LedgerRecord record, TransferCreditEvent credit, IncomingChannel channel, Changes changes)
    {
        incoming[channel.Source] = channel;
        changes.Incoming.Add(channel);
        MoveStreamTime(record);
        var chain = credit.Chain.ToByteArray();
        foreach (var transfer in credit.TransfersFrom(channel.LastSequence + 1))
        {
            var account = Read(transfer.To);
            var (reason, after) = Rules.Credit(Accounts[account], transfer);
            channel.Take(chain, reason);
            if (reason != Reason.Unspecified)
            {
                changes.Refused[new(channel.Source, transfer.Sequence)] = reason;
            }
            changes.Credits.Add(new(channel.Source, transfer.Sequence, transfer.Amount, reason));
            Conclude(record, transfer, account, reason, after, changes);
        }
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

    /// <summary>
    /// Makes transfers final that are not, if the last of them is not: its chain shows that both ends mean the same.
    /// </summary>
    private void Settle(LedgerRecord record, TransferSettleEvent settle, Changes changes)
    {
        var destination = PartitionOf(settle.ToAccountId);
        if (!outgoing.TryGetValue(destination, out var channel) || settle.ThroughSequence() >= channel.NextSequence)
        {
            VoidFollowUp(record, VoidReason.SettleOrphan, changes);
            return;
        }
        if (channel.Find(settle.ThroughSequence()) is not { } last)
        {
            VoidFollowUp(record, VoidReason.SettleRepeated, changes);
            return;
        }
        if (!settle.Chain.Span.SequenceEqual(last.Chain)
            || (channel.Find(settle.Sequence) is { } first && !IsFor(first, settle))
            || settle.LastSequence >= channel.NextSequence)
        {
            VoidFollowUp(record, VoidReason.SettleOrphan, changes);
            return;
        }
        MoveStreamTime(record);
        changes.Outgoing.Add(channel);
        changes.TakenByDestination[destination] = Math.Max(
            settle.LastSequence, changes.TakenByDestination.GetValueOrDefault(destination));
        foreach (var answered in settle.Transfers())
        {
            if (answered.Sequence > settle.Sequence)
            {
                // Each may be remembered, so before each behind the first something may have to be forgotten.
                ForgetOldest(changes);
            }
            if (channel.Find(answered.Sequence) is { } transfer)
            {
                channel.Settle(answered.Sequence);
                changes.Unsettled[new(destination, answered.Sequence)] = null;
                Settle(record, transfer, answered.Reason, changes);
            }
        }
    }

    private static bool IsFor(UnsettledTransfer transfer, TransferSettleEvent settle) =>
        settle.FromAccountId == transfer.Command.Transfer.FromAccountId
        && settle.ToAccountId == transfer.Command.Transfer.ToAccountId;

    /// <summary>Makes a transfer final: settled, or refunded. A refund can always land.</summary>
    private void Settle(LedgerRecord record, UnsettledTransfer transfer, Reason reason, Changes changes)
    {
        var amount = transfer.Command.Transfer.Amount;
        var account = Read(transfer.Command.Transfer.FromAccountId);
        var isRefund = reason != Reason.Unspecified;
        var after = Rules.Settle(Accounts[account]!, amount, isRefund);
        var final = new Decision(reason, after.Balance, after.Version, transfer.Offset);
        var kind = isRefund ? Kind.TransferRefunded : Kind.TransferSettled;
        Enter(record, account, after, HistoryTexts.Of(transfer.Command), kind, amount, final, changes);
        changes.Transfers[transfer.Offset] = new(transfer, final);
        if (!transfer.Command.RequestId.IsEmpty)
        {
            var request = new RequestKey(account, transfer.Command.RequestId);
            Remember(request, new(Fingerprint.Of(transfer.Command), final), changes);
        }
        head.Settled++;
        Tell(transfer.Command, transfer.Offset, final, changes);
    }

    private void Conclude(
        LedgerRecord record,
        in SentTransfer transfer,
        AccountId account,
        Reason reason,
        Account? after,
        Changes changes)
    {
        var decision = new Decision(
            reason, after?.Balance ?? 0, after?.Version ?? 0, record.Entry.Offset);
        if (after is not null)
        {
            var texts = new HistoryTexts(ByteString.Empty, transfer.Description, transfer.From);
            Enter(record, account, after, texts, Kind.TransferIn, transfer.Amount, decision, changes);
        }
        head.Credited += decision.IsAccepted ? 1 : 0;
        head.Refused += decision.IsAccepted ? 0 : 1;
        Tell(record.Command, record.Entry.Offset, decision, changes);
    }

    private void VoidFollowUp(LedgerRecord record, VoidReason reason, Changes changes) =>
        Void(record, reason, ProducerWindow.NoOffset, changes);
}
