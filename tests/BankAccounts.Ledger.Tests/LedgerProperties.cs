using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using FsCheck.Xunit;

namespace BankAccounts.Ledger.Tests;

/// <summary>
/// What holds for every log: commands of all kinds, repeated, delayed, damaged, and poison between
/// them. A failure prints the seed and the smallest log that still fails.
/// </summary>
[Properties(MaxTest = 80, EndSize = 300)]
public sealed class LedgerProperties
{
    [Property]
    public void No_balance_is_ever_negative_and_money_is_what_was_paid_in_less_what_was_taken_out(LogStep[] steps)
    {
        var ledger = PartitionLedger.StartInMemory(Records.Partition);
        Int128 paidIn = 0, takenOut = 0;
        foreach (var entry in LogStep.LogOf(steps))
        {
            var changes = new Changes();
            ledger.Apply(ledger.Read(entry), changes);
            foreach (var answer in changes.Answers)
            {
                if (answer.Decision is { IsAccepted: true } decision && decision.Offset == answer.Offset)
                {
                    paidIn += answer.To.Deposit?.Amount ?? 0;
                    takenOut += answer.To.Withdraw?.Amount ?? 0;
                }
            }
            Int128 balances = 0;
            foreach (var (_, account) in ledger.Accounts.Entries)
            {
                Assert.True(account!.Balance >= 0);
                balances += account.Balance;
            }
            Assert.Equal(paidIn - takenOut, balances);
        }
    }

    [Property]
    public void Every_record_is_counted_once_and_as_one_thing(LogStep[] steps)
    {
        var ledger = PartitionLedger.StartInMemory(Records.Partition);
        var log = LogStep.LogOf(steps);
        foreach (var entry in log)
        {
            var (before, changes) = (ledger.Head, new Changes());
            ledger.Apply(ledger.Read(entry), changes);
            var after = ledger.Head;
            Assert.Equal(1, after.Accepted - before.Accepted + after.Rejected - before.Rejected
                + after.Repeated - before.Repeated + after.Voids - before.Voids);
            Assert.Equal(entry.Offset + 1, after.Position);
            Assert.NotEqual(before.LogDigest, after.LogDigest);
            Assert.NotEqual(before.DecisionDigest, after.DecisionDigest);
            Assert.InRange(after.StreamTimeMs - before.StreamTimeMs, 0, before.StreamTimeMs == 0 ? long.MaxValue : 10_000);
        }
        Assert.Equal(ledger.Accounts.Entries.Count(), ledger.Head.Accounts);
    }

    [Property]
    public void The_bounds_of_batches_mean_nothing(LogStep[] steps, byte first, byte second)
    {
        var log = LogStep.LogOf(steps);
        var whole = MemoryFold.Of(log).Dump();
        Assert.Equal(whole, MemoryFold.Of(log, 1).Dump());
        Assert.Equal(whole, MemoryFold.Of(log, 1 + first, 1 + (second % 7)).Dump());
    }

    [Property]
    public void A_fold_that_goes_on_from_what_is_stored_is_the_fold_of_the_whole(LogStep[] steps, byte first, byte second)
    {
        var log = LogStep.LogOf(steps);
        var whole = MemoryFold.Of(log).Dump();
        Assert.Equal(whole, MemoryFold.Of(log, -1).Dump());
        Assert.Equal(whole, MemoryFold.Of(log, 1 + first, -(1 + second)).Dump());
        Assert.Equal(whole, MemoryFold.Of(log, -(1 + (first % 5)), 3).Dump());
    }

    [Property]
    public void Neither_culture_nor_time_zone_means_anything(LogStep[] steps)
    {
        var here = MemoryFold.Of(LogStep.LogOf(steps), 7).Dump();
        using (new Elsewhere("~", "'", "Asia/Kathmandu"))
        {
            Assert.Equal(here, MemoryFold.Of(LogStep.LogOf(steps), 5).Dump());
        }
        using (new Elsewhere("\u2212", "\u00A0", "America/St_Johns"))
        {
            Assert.Equal(here, MemoryFold.Of(LogStep.LogOf(steps), -5).Dump());
        }
    }

    [Property]
    public void A_record_that_comes_again_changes_nothing_but_the_count_of_voids(LogStep[] steps, ushort which)
    {
        var log = LogStep.LogOf(steps);
        var ledger = PartitionLedger.StartInMemory(Records.Partition);
        foreach (var entry in log)
        {
            ledger.Apply(ledger.Read(entry), new Changes());
        }
        if (log.Count == 0)
        {
            return;
        }
        var (before, changes) = (ledger.Head, new Changes());
        var again = log[which % log.Count] with { Offset = log.Count };
        ledger.Apply(ledger.Read(again), changes);

        Assert.Equal(
            before.After(again) with
            {
                LogDigest = ledger.Head.LogDigest,
                DecisionDigest = ledger.Head.DecisionDigest,
                Voids = before.Voids + 1,
            },
            ledger.Head);
        Assert.Equal(before.After(again).LogDigest, ledger.Head.LogDigest);
        Assert.Empty(changes.Accounts);
        Assert.Empty(changes.History);
        Assert.Empty(changes.Requests);
        Assert.Empty(changes.Producers);
        Assert.Single(changes.Voids);
    }

    [Property]
    public void An_accounts_history_leads_to_its_balance_and_version(LogStep[] steps)
    {
        var ledger = PartitionLedger.StartInMemory(Records.Partition);
        var changes = new Changes();
        foreach (var entry in LogStep.LogOf(steps))
        {
            ledger.Apply(ledger.Read(entry), changes);
        }
        foreach (var history in changes.History.GroupBy(entry => entry.Account))
        {
            long balance = 0, version = 0;
            foreach (var entry in history)
            {
                var decision = entry.Decision;
                if (decision.IsAccepted)
                {
                    balance += entry.Kind switch
                    {
                        Kind.Deposit => entry.Amount,
                        Kind.Withdraw => -entry.Amount,
                        _ => 0,
                    };
                    version++;
                }
                Assert.Equal((balance, version), (decision.Balance, decision.Version));
            }
            var account = ledger.Accounts[history.Key]!;
            Assert.Equal((balance, version), (account.Balance, account.Version));
        }
    }

    /// <summary>A property says nothing of what its logs never hold: they hold everything.</summary>
    [Fact]
    public void The_logs_of_these_properties_have_every_kind_of_outcome()
    {
        var ledger = PartitionLedger.StartInMemory(Records.Partition);
        var changes = new Changes();
        foreach (var entry in LogStep.LogOf(LogStep.Random(seed: 1, count: 3_000)))
        {
            ledger.Apply(ledger.Read(entry), changes);
        }
        Assert.Equal(
            [
                VoidReason.BadFrame, VoidReason.Impossible, VoidReason.WrongPartition, VoidReason.Redelivery,
            ],
            changes.Voids.Select(note => note.Reason).Distinct().Order());
        Assert.Contains(changes.Voids, note => note is { Reason: VoidReason.Redelivery, FirstOffset: < 0 });
        Assert.Contains(changes.Voids, note => note is { Reason: VoidReason.Redelivery, FirstOffset: >= 0 });
        Assert.Superset(
            new HashSet<Reason>
            {
                Reason.Unspecified, Reason.RequestIdReused, Reason.AccountExists, Reason.AccountNotFound,
                Reason.CurrencyMismatch, Reason.InsufficientFunds,
            },
            changes.Answers.Where(answer => answer.Decision is not null)
                .Select(answer => answer.Decision!.Value.Reason).ToHashSet());
        Assert.InRange(ledger.Head.Repeated, 20, 3_000);
    }
}
