using Microsoft.Extensions.Configuration;

namespace BankAccounts.AppHost.Tests;

public sealed class BankSettingsTests
{
    [Fact]
    public void Everything_has_a_default() => Assert.Equal(new BankSettings(), Read());

    [Fact]
    public void A_small_machine_has_fewer_replicas_unless_they_are_asked_for()
    {
        var asked = new ConfigurationBuilder().AddCommandLine(["--projectors=5"]).Build();

        Assert.Equal(
            new BankSettings { CommandServices = 1, Projectors = 5 }, BankSettings.Read(asked, MachineSize.Small));
    }

    [Fact]
    public void The_command_line_changes_it()
    {
        var settings = Read(
            "--fresh", "--partitions", "24", "--projectors=5", "--engines", "local",
            "--Bank:TopicIsManaged=true", "--redis-cluster");

        Assert.Equal(
            new BankSettings
            {
                Partitions = 24,
                Projectors = 5,
                Engines = "local",
                TopicIsManaged = true,
                RedisCluster = true,
            },
            settings);
    }

    [Theory]
    [InlineData(1, 6, 1, 2)]
    [InlineData(2, 6, 1, 2)]
    [InlineData(3, 12, 2, 3)]
    [InlineData(64, 12, 2, 3)]
    public void Two_cores_are_a_small_machine(int cores, int partitions, int commandServices, int projectors) =>
        Assert.Equal(new MachineSize(partitions, commandServices, projectors), MachineSize.Of(cores));

    [Theory]
    [InlineData("partitions", "0")]
    [InlineData("partitions", "65537")]
    [InlineData("partitions", "12a")]
    [InlineData("partitions", "-1")]
    [InlineData("partitions", "1 2")]
    [InlineData("projectors", "0")]
    [InlineData("command-services", "65")]
    [InlineData("brokers", "10")]
    [InlineData("engines", "docker")]
    [InlineData("Bank:TopicIsManaged", "yes")]
    [InlineData("redis-cluster", "3")]
    public void Values_out_of_bounds_are_refused_by_name(string option, string value)
    {
        var problem = Assert.Throws<BankStartException>(() => Read($"--{option}={value}"));

        Assert.StartsWith($"--{option} is ", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "--fresh" }, new[] { "--fresh=true" })]
    [InlineData(new[] { "--fresh", "--data", "x" }, new[] { "--fresh=true", "--data", "x" })]
    [InlineData(new[] { "--fresh", "false" }, new[] { "--fresh", "false" })]
    [InlineData(new[] { "--data", "x" }, new[] { "--data", "x" })]
    public void Flags_that_stand_alone_mean_true(string[] given, string[] expected) =>
        Assert.Equal(expected, BankSettings.CompleteFlags(given));

    private static BankSettings Read(params string[] args) =>
        BankSettings.Read(
            new ConfigurationBuilder().AddCommandLine(BankSettings.CompleteFlags(args)).Build(), MachineSize.Usual);
}
