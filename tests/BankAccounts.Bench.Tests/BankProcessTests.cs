using BankAccounts.Bench.Processes;

namespace BankAccounts.Bench.Tests;

public sealed class BankProcessTests
{
    [Theory]
    [InlineData("command-service", "dotnet", "/bank/CommandService.dll")]
    [InlineData("projection-service", "/bank/ProjectionService")]
    [InlineData("kafka", "java", "-cp", "/kafka/libs/*", "kafka.Kafka", "config/broker-1.properties")]
    [InlineData("zookeeper", "java", "org.apache.zookeeper.server.quorum.QuorumPeerMain", "zoo.properties")]
    [InlineData("redis", "/usr/bin/redis-server 127.0.0.1:6379")]
    [InlineData(null, "dotnet", "run", "--project", "/bank/CommandService/CommandService.csproj")]
    [InlineData(null, "java", "kafka.admin.TopicCommand")]
    public void A_process_is_known_by_what_it_runs(string? kind, params string[] commandLine) =>
        Assert.Equal(kind, BankProcess.KindOf(commandLine));
}
