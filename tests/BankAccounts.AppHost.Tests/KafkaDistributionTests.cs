using BankAccounts.AppHost.Engines.Kafka;

namespace BankAccounts.AppHost.Tests;

public sealed class KafkaDistributionTests : IDisposable
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("bank-kafka-");

    public void Dispose() => home.Delete(recursive: true);

    [Theory]
    [InlineData("0.9.0.1", false)]
    [InlineData("3.3.0", true)]
    [InlineData("3.9.1", true)]
    [InlineData("4.1.0", true)]
    public void The_version_decides_whether_ZooKeeper_is_needed(string version, bool isKRaft)
    {
        Unpack(version);

        var distribution = KafkaDistribution.At(home.FullName);

        Assert.Equal(Version.Parse(version), distribution.Version);
        Assert.Equal(isKRaft, distribution.IsKRaft);
    }

    [Theory]
    [InlineData("0.10.2.1")]
    [InlineData("2.8.2")]
    [InlineData("3.2.3")]
    public void Versions_that_are_neither_the_fetched_one_nor_current_are_refused(string version)
    {
        Unpack(version);

        var problem = Assert.Throws<BankStartException>(() => KafkaDistribution.At(home.FullName));

        Assert.Contains(version, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_Kafka_is_refused_with_what_to_do()
    {
        var problem = Assert.Throws<BankStartException>(() => KafkaDistribution.At(home.FullName));

        Assert.Contains("./bank setup", problem.Message, StringComparison.Ordinal);
        Assert.Contains("KAFKA_HOME", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_the_other_kind_of_Kafka_is_refused()
    {
        var old = new KafkaDistribution("old", new Version(0, 9, 0, 1));
        var current = new KafkaDistribution("current", new Version(4, 1, 0));
        KafkaMaker.Claim(home.FullName, old, brokers: 1);

        KafkaMaker.Claim(home.FullName, old, brokers: 1);
        var problem = Assert.Throws<BankStartException>(
            () => KafkaMaker.Claim(home.FullName, current, brokers: 1));

        Assert.Contains("--fresh", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_another_number_of_brokers_is_refused()
    {
        var kafka = new KafkaDistribution("current", new Version(4, 1, 0));
        KafkaMaker.Claim(home.FullName, kafka, brokers: 3);

        KafkaMaker.Claim(home.FullName, kafka, brokers: 3);
        var problem = Assert.Throws<BankStartException>(() => KafkaMaker.Claim(home.FullName, kafka, brokers: 1));

        Assert.Contains("--brokers 3", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_keeps_its_id()
    {
        var id = ClusterId.In(home.FullName);

        Assert.Matches("^[A-Za-z0-9_][A-Za-z0-9_-]{21}$", id);
        Assert.Equal(id, ClusterId.In(home.FullName));
    }

    private void Unpack(string version)
    {
        var libraries = home.CreateSubdirectory("libs");
        File.WriteAllText(Path.Combine(libraries.FullName, $"kafka-clients-{version}.jar"), "");
        File.WriteAllText(
            Path.Combine(libraries.FullName, $"kafka-clients-{version}-javadoc.jar"), "");
    }
}
