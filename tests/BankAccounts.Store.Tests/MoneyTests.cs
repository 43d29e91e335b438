using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.Tests.Logs;

namespace BankAccounts.Store.Tests;

/// <summary>The money of all partitions fits together at whatever positions they were looked at.</summary>
public sealed class MoneyTests
{
    private static readonly TransferLog Logs = TransferLog.OfEveryKind();

    [Fact]
    public void At_the_end_what_is_in_flight_is_what_was_debited_and_is_neither_credited_nor_back()
    {
        var check = new MoneyCheck([MoneyOf(3), MoneyOf(4)]);

        // Of the transfers to partition 4 the seventh and the ninth are credited and not settled, the eighth is refused
        // and not refunded yet, and the tenth only debited; of those back, the first is credited, and the second refused.
        Assert.Equal(14 + 16 + 20, check.InFlight);
        Assert.Equal(0, check.Ahead);
        Assert.Equal(check.Deposits - check.Withdrawals, check.Balances + check.InFlight);
        Assert.True(check.Deposits >= 1_500);
    }

    [Fact]
    public void It_fits_at_every_pair_of_positions_whichever_end_is_ahead()
    {
        var (first, second) = (Logs.Of(3), Logs.Of(4));
        var ahead = 0;
        for (var i = first.Count - 20; i <= first.Count; i++)
        {
            for (var j = 0; j <= second.Count; j++)
            {
                var check = new MoneyCheck([MoneyOf(3, i), MoneyOf(4, j)]);
                Assert.Equal(check.Deposits - check.Withdrawals, check.Balances + check.InFlight - check.Ahead);
                ahead += check.Ahead > 0 ? 1 : 0;
            }
        }
        Assert.True(ahead > 0);
    }

    [Fact]
    public void Money_from_nowhere_is_a_difference()
    {
        var money = MoneyOf(4);
        money.Count([KeyValuePair.Create(
            Records.Alice, (Account?)new Account(Google.Protobuf.ByteString.Empty, Google.Protobuf.ByteString.Empty, 1, false, 0, 1))]);
        var found = Assert.Throws<DifferenceFoundException>(() => new MoneyCheck([MoneyOf(3), money]));
        Assert.Equal("money", found.Difference.Kind);
    }

    [Fact]
    public void A_transfer_whose_ends_do_not_fit_is_a_difference()
    {
        // In another log of partition 4 the first transfer from partition 3 has another amount.
        var other = new TransferLog()
            .Append(Records.Create(Records.Id(50)))
            .Append(Records.Deposit(Records.Id(50), 1_000))
            .Append(TransferLog.Transfer(Records.Id(50), Records.Id(52, 4), 71))
            .Append(Records.Create(Records.Id(52, 4)))
            .Credit(3, 4, 1);
        var found = Assert.Throws<DifferenceFoundException>(
            () => new MoneyCheck([MoneyOf(3), MoneyOf(4, log: other)]));
        Assert.Equal(("transfer", "3 to 4 #1"), (found.Difference.Kind, found.Difference.Key));
    }

    private static PartitionMoney MoneyOf(int partition, int? count = null, TransferLog? log = null)
    {
        var ledger = PartitionLedger.StartInMemory(partition);
        var money = new PartitionMoney(partition);
        var entries = (log ?? Logs).Of(partition);
        foreach (var batch in entries.Take(count ?? entries.Count).Chunk(3))
        {
            var changes = new Changes();
            foreach (var entry in batch)
            {
                ledger.Apply(ledger.Read(entry), changes);
            }
            money.Add(changes);
        }
        money.Count(ledger.Accounts.Entries);
        return money;
    }
}
