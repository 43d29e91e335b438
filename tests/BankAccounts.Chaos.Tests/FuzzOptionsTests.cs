using BankAccounts.Fuzz;

namespace BankAccounts.Chaos.Tests;

public sealed class FuzzOptionsTests
{
    [Fact]
    public void A_hundred_thousand_cases_of_both_kinds_are_the_default()
    {
        var options = FuzzOptions.Parse([]);

        Assert.Equal((100_000, 0, null), (options.Cases, options.From, options.Only));
    }

    [Fact]
    public void Each_option_is_taken()
    {
        var options = FuzzOptions.Parse(["--cases", "5", "--from", "10", "--seed", "7", "--only", "log"]);

        Assert.Equal((5, 10, 7, "log"), (options.Cases, options.From, options.Seed, options.Only));
    }

    [Theory]
    [InlineData("--cases", "0")]
    [InlineData("--cases")]
    [InlineData("--from", "-1")]
    [InlineData("--seed", "one")]
    [InlineData("--only", "redis")]
    [InlineData("--often")]
    public void What_is_out_of_bounds_is_refused_in_words(params string[] arguments) =>
        Assert.NotEmpty(Assert.Throws<ChaosException>(() => FuzzOptions.Parse(arguments)).Message);
}
