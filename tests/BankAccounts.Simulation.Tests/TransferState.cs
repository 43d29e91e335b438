using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// Where a channel stands: both ledgers, and every follow-up that any owner, at any prefix of the logs
/// so far, may have sent. Nothing sent is ever gone: it may arrive in any order and any number of times.
/// </summary>
internal sealed class TransferState
{
    private const int Opening = 10;

    private static readonly AccountId From = Id(1, 0);

    private readonly int destinationPartition;
    private readonly Fault fault;
    private readonly SortedDictionary<string, LogRecord> sent;
    private readonly PartitionLedger source;
    private readonly PartitionLedger destination;
    private readonly int asked;

    private TransferState(
        PartitionLedger source,
        PartitionLedger destination,
        SortedDictionary<string, LogRecord> sent,
        int asked,
        int destinationPartition,
        Fault fault)
    {
        (this.source, this.destination, this.sent, this.asked) = (source, destination, sent, asked);
        (this.destinationPartition, this.fault) = (destinationPartition, fault);
    }

    /// <summary>Money in one account of the source, and one account to send to.</summary>
    public static TransferState Start(int destinationPartition, Fault fault)
    {
        var empty = PartitionLedger.StartInMemory(0);
        var start = new TransferState(
            empty, destinationPartition == 0 ? empty : PartitionLedger.StartInMemory(destinationPartition),
            [], 0, destinationPartition, fault);
        return start.With(Create(From)).With(Deposit(From, Opening)).With(Create(Id(2, destinationPartition)));
    }

    /// <summary>What tells this state from others; positions, times and digests do not.</summary>
    public string Key()
    {
        var key = new StringBuilder().Append(asked);
        foreach (var (partition, channel) in source.Outgoing)
        {
            key.Append('|').Append(partition).AppendJoin(',', channel.Unsettled.Select(transfer => transfer.Sequence));
        }
        foreach (var (_, channel) in destination.Incoming)
        {
            key.Append('|').Append(channel.LastSequence).Append(' ').Append(channel.SettledBelow).Append(' ')
                .Append(channel.HaltedBy is not null).AppendJoin(',', channel.Refused.Keys);
        }
        return key.Append('|').Append(BalanceOf(source, From)).Append(' ').Append(UnsettledOf(source, From)).Append(' ')
            .Append(BalanceOf(destination, Id(2, destinationPartition))).Append('|').AppendJoin(';', sent.Keys).ToString();
    }

    /// <summary>Everything that can happen next.</summary>
    public IEnumerable<TransferState> Next(int maxTransfers)
    {
        if (asked < maxTransfers)
        {
            // The second goes to an account that is not there, so it is refused and comes back.
            var to = Id(asked == 1 ? 9 : 2, destinationPartition);
            yield return With(Transfer(From, to, 1 + asked), asked + 1);
        }
        foreach (var followUp in sent.Values)
        {
            yield return With(followUp);
        }
    }

    /// <summary>No money is made or lost, and the present owners can bring everything to its end.</summary>
    public void Check()
    {
        MoneyIsThere();
        var state = this;
        for (var rounds = 0; state.OldestUnsettled() is { } oldest; rounds++)
        {
            Checks.Require(rounds < 10, "a transfer can never be settled");
            state = state.With(oldest);
            foreach (var settlement in state.sent.Values.Where(record =>
                record.TransferSettle?.Sequence == oldest.TransferCredit.Sequence).ToList())
            {
                state = state.With(settlement);
            }
        }
        state.MoneyIsThere();
    }

    private void MoneyIsThere()
    {
        var there = BalanceOf(source, From) + BalanceOf(destination, Id(2, destinationPartition));
        var channel = destination.Incoming.GetValueOrDefault(0);
        foreach (var transfer in source.Outgoing.GetValueOrDefault(destinationPartition)?.Unsettled ?? [])
        {
            var isCredited = transfer.Sequence <= (channel?.LastSequence ?? 0) && transfer.Sequence != 2;
            there += isCredited ? 0 : transfer.Command.Transfer.Amount;
        }
        Checks.Require(there == Opening, $"{there} of {Opening} is there: {Key()}");
    }

    private LogRecord? OldestUnsettled() =>
        source.Outgoing.GetValueOrDefault(destinationPartition)?.Unsettled.FirstOrDefault() is { } oldest
            ? FollowUps.CreditOf([oldest], oldest.Sequence)
            : null;

    private TransferState With(LogRecord record, int? nowAsked = null)
    {
        var isForSource = record.AccountOf().Partition == 0;
        var before = isForSource ? source : destination;
        var after = Copy(before, isForSource ? 0 : destinationPartition);
        var changes = new Changes();
        var log = new LogWriter(1_000 + (int)after.Head.Position) { NextOffset = after.Head.Position };
        after.Apply(after.Read(log.AppendOne(Changed(record, after))), changes);
        var next = new SortedDictionary<string, LogRecord>(sent, StringComparer.Ordinal);
        foreach (var settlement in changes.Settlements)
        {
            next.TryAdd(settlement.ToString(), settlement);
        }
        var newSource = isForSource ? after : source;
        var channel = newSource.Outgoing.GetValueOrDefault(destinationPartition);
        foreach (var transfer in channel?.Unsettled ?? [])
        {
            var credit = FollowUps.CreditOf([transfer], channel!.Unsettled.First().Sequence);
            next.TryAdd(credit.ToString(), credit);
        }
        foreach (var shared in SharedRecords.Of([.. channel?.Unsettled ?? []], Bounds.MaxTransfersPerRecord))
        {
            var credit = FollowUps.CreditOf(shared, channel!.Unsettled.First().Sequence);
            next.TryAdd(credit.ToString(), credit);
        }
        var isOne = destinationPartition == 0;
        return new TransferState(
            newSource, isOne ? after : isForSource ? destination : after, next, nowAsked ?? asked, destinationPartition, fault);
    }

    private LogRecord Changed(LogRecord record, PartitionLedger ledger)
    {
        if (fault != Fault.NoCreditSequence || record.TransferCredit is null
            || ledger.Incoming.GetValueOrDefault(0) is not { } channel)
        {
            return record;
        }
        return record.With(copy =>
        {
            copy.TransferCredit.Sequence = channel.LastSequence + 1;
            copy.TransferCredit.Chain = ByteString.CopyFrom(channel.ChainThrough(copy.TransferCredit));
        });
    }

    private PartitionLedger Copy(PartitionLedger ledger, int partition)
    {
        var copy = new PartitionLedger(partition, ledger.Head, new RequestOrder(0, 0), new ProducerOrder([]), isComplete: true);
        foreach (var (id, account) in ledger.Accounts.Entries)
        {
            copy.Accounts.Set(id, account, batch: 0);
        }
        foreach (var channel in ledger.Outgoing.Values)
        {
            var same = new OutgoingChannel(channel.Destination, channel.NextSequence, channel.Chain);
            channel.Unsettled.ToList().ForEach(same.Load);
            copy.Load(same);
        }
        foreach (var channel in ledger.Incoming.Values)
        {
            var same = new IncomingChannel(channel.Source, channel.LastSequence, channel.Chain, channel.SettledBelow);
            foreach (var (sequence, reason) in channel.Refused.Where(_ => fault != Fault.RefusalsForgottenAtTheAnswer))
            {
                same.Load(sequence, reason);
            }
            if (channel.HaltedBy is { } offset)
            {
                same.Halt(offset);
            }
            copy.Load(same);
        }
        return copy;
    }

    private static long BalanceOf(PartitionLedger ledger, AccountId id) => ledger.Accounts[id]?.Balance ?? 0;

    private static long UnsettledOf(PartitionLedger ledger, AccountId id) => ledger.Accounts[id]?.Unsettled ?? 0;
}
