namespace BankAccounts.Chaos.Tests;

public sealed class ChaosOptionsTests
{
    [Fact]
    public void Ten_minutes_of_everything_are_the_default()
    {
        var options = ChaosOptions.Parse([]);

        Assert.Equal((10, 0, false), (options.Minutes, options.Only.Count, options.Keep));
    }

    [Fact]
    public void Each_option_is_taken()
    {
        var options = ChaosOptions.Parse(
            ["--minutes", "0.5", "--seed", "7", "--only", "redis-flush,kill-leader", "--keep"]);

        Assert.Equal((0.5, 7, true), (options.Minutes, options.Seed, options.Keep));
        Assert.Equal(["redis-flush", "kill-leader"], options.Only);
    }

    [Theory]
    [InlineData("--minutes")]
    [InlineData("--minutes", "0")]
    [InlineData("--minutes", "-1")]
    [InlineData("--minutes", "1441")]
    [InlineData("--seed", "-1")]
    [InlineData("--seed", "one")]
    [InlineData("--only", "redis-flush,nothing")]
    [InlineData("--often")]
    public void What_is_out_of_bounds_is_refused_in_words(params string[] arguments) =>
        Assert.NotEmpty(Assert.Throws<ChaosException>(() => ChaosOptions.Parse(arguments)).Message);
}
