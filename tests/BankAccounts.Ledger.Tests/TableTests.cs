using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.Ledger.Tests;

public sealed class TableTests
{
    [Fact]
    public void A_key_that_was_not_loaded_is_a_defect_and_one_known_to_be_absent_is_not()
    {
        var table = new Table<int, string>();
        Assert.Throws<InvalidOperationException>(() => table[1]);
        table.Load(1, null, batch: 1);
        Assert.Null(table[1]);
        Assert.Null(new Table<int, string>(isComplete: true)[1]);
    }

    [Fact]
    public void What_is_loaded_never_takes_the_place_of_what_was_changed()
    {
        var table = new Table<int, string>();
        table.Set(1, "changed", batch: 1);
        table.Load(1, "stored", batch: 1);
        Assert.Equal("changed", table[1]);

        table.Set(2, null, batch: 1);
        table.Load(2, "stored", batch: 1);
        Assert.Null(table[2]);
    }

    [Fact]
    public void Nothing_is_evicted_within_the_capacity()
    {
        var table = Loaded(10, batch: 1);
        Assert.False(table.Evict(capacity: 10, confirmed: 5, current: 5));
        Assert.Equal(10, table.Count);
    }

    [Fact]
    public void Beyond_the_capacity_it_goes_down_to_half_of_it_and_the_longest_unused_first()
    {
        var table = new Table<int, string>();
        for (var key = 0; key < 11; key++)
        {
            table.Load(key, "stored", batch: key);
        }
        Assert.True(table.Touch(0, batch: 50));
        Assert.False(table.Touch(11, batch: 50));

        Assert.True(table.Evict(capacity: 10, confirmed: 60, current: 60));
        Assert.Equal([0, 7, 8, 9, 10], table.Entries.Select(entry => entry.Key).Order());
        Assert.Throws<InvalidOperationException>(() => table[6]);
    }

    [Fact]
    public void What_is_in_flight_stays_until_its_batch_is_confirmed()
    {
        var table = new Table<int, string>();
        for (var key = 0; key < 20; key++)
        {
            table.Set(key, "changed", batch: 7);
        }
        Assert.False(table.Evict(capacity: 10, confirmed: 6, current: 8));
        Assert.Equal(20, table.Count);

        Assert.True(table.Evict(capacity: 10, confirmed: 7, current: 8));
        Assert.Equal(5, table.Count);
    }

    [Fact]
    public void What_is_known_to_be_removed_stays_in_flight_too()
    {
        var table = Loaded(20, batch: 1);
        table.Set(3, null, batch: 7);
        table.Evict(capacity: 0, confirmed: 6, current: 9);
        Assert.Equal([3], table.Entries.Select(entry => entry.Key));
    }

    [Fact]
    public void What_the_current_batch_uses_stays()
    {
        var table = Loaded(20, batch: 1);
        table.Touch(3, batch: 9);
        table.Load(99, null, batch: 9);
        table.Evict(capacity: 0, confirmed: 9, current: 9);
        Assert.Equal([3, 99], table.Entries.Select(entry => entry.Key).Order());
    }

    private static Table<int, string> Loaded(int count, long batch)
    {
        var table = new Table<int, string>();
        for (var key = 0; key < count; key++)
        {
            table.Load(key, "stored", batch);
        }
        return table;
    }
}
