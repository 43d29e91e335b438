using BankAccounts.Bench.Checks;

namespace BankAccounts.Bench.Tests;

/// <summary>The witness of a run turns red when it should.</summary>
public sealed class CheckTests
{
    private static readonly string Account = AccountId.NewRandom(12).ToString();

    private readonly Population population = new();

    public CheckTests() => population.Add([Account], 100);

    [Fact]
    public void A_balance_is_what_was_acknowledged_and_nothing_else()
    {
        population.Accepted(0, 5);
        Assert.Null(population.Judge(Account, 105));
        Assert.Contains("holds 104", population.Judge(Account, 104), StringComparison.Ordinal);
        Assert.Contains("holds 106", population.Judge(Account, 106), StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_knows_may_have_happened_or_not()
    {
        population.MayChange(0, 3);
        population.MayChange(0, -2);
        Assert.Equal(2, population.Unknown);
        Assert.All(new long[] { 98, 100, 103 }, balance => Assert.Null(population.Judge(Account, balance)));
        Assert.All(new long[] { 97, 104 }, balance => Assert.NotNull(population.Judge(Account, balance)));
        Assert.Equal(((Int128)98, (Int128)103), population.Total());
    }

    [Fact]
    public void Two_commands_in_one_place_are_one_too_many()
    {
        var acknowledged = new Acknowledgements(partitions: 2);
        acknowledged.Add(0, 1_000_000);
        acknowledged.Add(1, 1_000_000);
        Assert.Equal(0, acknowledged.Doubled);
        acknowledged.Add(1, 1_000_000);
        Assert.Equal((3, 1), (acknowledged.Count, acknowledged.Doubled));
        Assert.Equal([1_000_000, 1_000_000], acknowledged.Highest);
    }
}
