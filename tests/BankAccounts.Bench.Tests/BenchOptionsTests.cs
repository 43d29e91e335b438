using BankAccounts.AppHost;

namespace BankAccounts.Bench.Tests;

public sealed class BenchOptionsTests
{
    [Fact]
    public void Without_options_it_is_quick()
    {
        var options = BenchOptions.Parse([]);
        Assert.Equal(BenchScope.Quick, options.Scope);
        Assert.True(options.Wants("execute"));
    }

    [Fact]
    public void The_bank_is_as_large_as_the_machine_is_good_for_unless_it_is_said()
    {
        var size = MachineSize.OfThisOne;
        Assert.Equal(
            (size.Partitions, size.Projectors, size.CommandServices),
            (BenchOptions.Parse([]).Partitions, BenchOptions.Parse([]).Projectors, BenchOptions.Parse([]).CommandServices));

        var options = BenchOptions.Parse(["--partitions", "12", "--projectors", "3", "--command-services", "2"]);
        Assert.Equal(
            ["--partitions=12", "--projectors=3", "--command-services=2", "--brokers=1"], options.BankArguments());
    }

    [Fact]
    public void What_is_said_wins_over_what_is_full_wherever_it_stands()
    {
        var options = BenchOptions.Parse(["--rounds", "7", "--full", "--only", "execute,raw-produce", "--tracing", "always"]);
        Assert.Equal((BenchScope.Full, 7, TracingMode.Always), (options.Scope, options.Rounds, options.Tracing));
        Assert.True(options.Wants("raw-produce"));
        Assert.False(options.Wants("rebuild"));
    }

    [Theory]
    [InlineData("--fast")]
    [InlineData("--rounds")]
    [InlineData("--rounds", "0")]
    [InlineData("--rounds", "many")]
    [InlineData("--tracing", "perhaps")]
    public void What_cannot_be_understood_is_said(params string[] arguments) =>
        Assert.Contains(
            arguments[0], Assert.Throws<BenchException>(() => BenchOptions.Parse(arguments)).Message,
            StringComparison.Ordinal);
}
