using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using FsCheck.Xunit;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>
/// Two partitions and everything between them: what was sent once may arrive at any time, in any order,
/// any number of times or never. Each step lengthens one of the two logs, so every prefix of every
/// interleaving is looked at.
/// </summary>
[Properties(MaxTest = 150, EndSize = 200)]
public sealed class TransferProperties
{
    public sealed record TransferStep(byte Kind, byte From, byte To, byte Amount, byte Which);

    [Property]
    public void Money_is_conserved_at_every_prefix_of_every_interleaving(TransferStep[] steps)
    {
        var bank = new TwoPartitions();
        foreach (var step in steps)
        {
            bank.Do(step);
            bank.ThenMoneyIsThere();
        }
        bank.BringToAnEnd();
        bank.ThenMoneyIsThere();
        Assert.All(bank.Ledgers, ledger => Assert.All(ledger.Outgoing.Values, channel => Assert.Empty(channel.Unsettled)));
    }

    [Fact]
    public void The_interleavings_of_this_property_have_every_kind_of_outcome()
    {
        var random = new Random(1);
        byte Byte() => (byte)random.Next(256);
        HashSet<VoidReason> voids = [];
        HashSet<Reason> reasons = [];
        HashSet<(int Carried, int Taken)> shares = [];
        for (var number = 0; number < 40; number++)
        {
            var bank = new TwoPartitions();
            for (var i = 0; i < 100; i++)
            {
                bank.Do(new TransferStep(Byte(), Byte(), Byte(), Byte(), Byte()));
            }
            voids.UnionWith(bank.Voids);
            reasons.UnionWith(bank.Reasons);
            shares.UnionWith(bank.Shares);
        }
        Assert.Equal(
            [VoidReason.CreditRepeated, VoidReason.CreditGap, VoidReason.SettleRepeated], voids.Order());
        Assert.Equal([(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)], shares.Order());
        Assert.Empty(
            ((Reason[])[
                Reason.Unspecified, Reason.InsufficientFunds, Reason.SameAccount, Reason.AccountNotFound,
                Reason.DestinationNotFound, Reason.DestinationClosed, Reason.DestinationCurrencyMismatch,
                Reason.TransfersUnsettled, Reason.BalanceNotZero,
            ]).Except(reasons));
    }

    private sealed class TwoPartitions
    {
        private readonly LogWriter[] logs = [new(1), new(2)];
        private readonly List<LogRecord> sent = [];
        private readonly HashSet<ByteString> known = [];
        private readonly Dictionary<(int From, int To, long Sequence), bool> credited = [];
        private Int128 paidIn;

        public TwoPartitions()
        {
            foreach (var partition in (int[])[0, 1])
            {
                for (var number = 1; number <= 3; number++)
                {
                    Append(Create(Id(number, partition), currency: number == 3 ? "EUR" : "USD"));
                    Append(Deposit(Id(number, partition), 100));
                }
                Append(Create(Id(4, partition)));
                Append(Close(Id(4, partition)));
            }
        }

        public PartitionLedger[] Ledgers { get; } = [PartitionLedger.StartInMemory(0), PartitionLedger.StartInMemory(1)];

        public HashSet<VoidReason> Voids { get; } = [];

        public HashSet<Reason> Reasons { get; } = [];

        /// <summary>How many transfers records carried on, and how many of them the destination took.</summary>
        public HashSet<(int Carried, int Taken)> Shares { get; } = [];

        public void Do(TransferStep step)
        {
            var (from, to) = (AccountOf(step.From), AccountOf(step.To));
            switch (step.Kind % 10)
            {
                case < 3:
                    var transfer = Transfer(from, to, 1 + (step.Amount % 60), partitions: 2);
                    Append(step.Which % 4 == 0 ? transfer.As($"r{step.Which % 32}") : transfer);
                    break;
                case 3:
                    Append(step.Which % 2 == 0 ? Deposit(from, 1 + step.Amount) : Withdraw(from, 1 + step.Amount));
                    break;
                case 4 when step.Which % 3 == 0:
                    Append(Close(from));
                    break;
                case 5 when ChannelOf(step) is { Unsettled.Count: > 0 } channel:
                    Append(CreditOf(channel.Unsettled.First(), channel));
                    break;
                default:
                    if (sent.Count > 0)
                    {
                        // Mostly what was sent lately, now and then something old.
                        var back = step.Amount % 3 == 0 ? step.Which : step.Which % 6;
                        Append(sent[Math.Max(0, sent.Count - 1 - back)]);
                    }
                    break;
            }
        }

        /// <summary>Owners that send the first of each channel until it is settled.</summary>
        public void BringToAnEnd()
        {
            while (Ledgers.SelectMany(ledger => ledger.Outgoing.Values)
                .FirstOrDefault(channel => channel.Unsettled.Count > 0) is { } channel)
            {
                var before = sent.Count;
                var credit = CreditOf(channel.Unsettled.First(), channel);
                var (settlements, first) = (Append(credit).Settlements, channel.Unsettled.First());
                Assert.InRange(settlements.Count, 1, 1);
                Append(settlements[0]);
                Assert.DoesNotContain(first, channel.Unsettled);
                Assert.True(sent.Count >= before);
            }
        }

        public void ThenMoneyIsThere()
        {
            Int128 there = 0;
            foreach (var (from, ledger) in Ledgers.Index())
            {
                foreach (var (_, account) in ledger.Accounts.Entries)
                {
                    Assert.True(account is { Balance: >= 0, Unsettled: >= 0 });
                    there += account.Balance;
                }
                foreach (var channel in ledger.Outgoing.Values)
                {
                    there += channel.Unsettled
                        .Where(transfer => !credited.GetValueOrDefault((from, channel.Destination, transfer.Sequence)))
                        .Sum(transfer => transfer.Command.Transfer.Amount);
                }
            }
            Assert.Equal(paidIn, there);
        }

        private Changes Append(LogRecord record)
        {
            var partition = record.AccountOf().Partition;
            var (ledger, changes) = (Ledgers[partition], new Changes());
            ledger.Apply(ledger.Read(logs[partition].AppendOne(record)), changes);
            foreach (var answer in changes.Answers)
            {
                Note(answer);
            }
            if (changes.Credits.Count > 0)
            {
                Shares.Add((record.TransferCredit.Transfers().Count(), changes.Credits.Count));
            }
            foreach (var credit in changes.Credits)
            {
                credited.Add((credit.Source, partition, credit.Sequence), credit.Reason == Reason.Unspecified);
            }
            Voids.UnionWith(changes.Voids.Select(note => note.Reason));
            changes.Settlements.ForEach(Send);
            foreach (var channel in ledger.Outgoing.Values)
            {
                foreach (var transfer in channel.Unsettled)
                {
                    Send(CreditOf(transfer, channel));
                    Send(FollowUps.CreditOf(channel.RunFrom(transfer.Sequence, max: 3), channel.Unsettled.First().Sequence));
                }
            }
            return changes;
        }

        private void Note(Answer answer)
        {
            if (answer.Decision is not { } decision)
            {
                return;
            }
            Reasons.Add(decision.Reason);
            var isFirst = decision.IsAccepted && decision.Offset == answer.Offset;
            paidIn += isFirst ? (answer.To.Deposit?.Amount ?? 0) - (answer.To.Withdraw?.Amount ?? 0) : 0;
        }

        private void Send(LogRecord record)
        {
            if (known.Add(record.ToByteString()))
            {
                sent.Add(record);
            }
        }

        private static LogRecord CreditOf(UnsettledTransfer transfer, OutgoingChannel channel) =>
            FollowUps.CreditOf([transfer], channel.Unsettled.First().Sequence);

        private OutgoingChannel? ChannelOf(TransferStep step) =>
            Ledgers[step.From % 2].Outgoing.GetValueOrDefault(step.To % 2);

        private static AccountId AccountOf(byte which) => Id(1 + (which % 5), (which / 5) % 2);
    }
}
