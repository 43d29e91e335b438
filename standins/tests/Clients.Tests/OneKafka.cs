namespace Clients.Tests;

/// <summary>The tests share one mock cluster; each has topics and groups of its own.</summary>
[CollectionDefinition(Name)]
public sealed class OneKafka : ICollectionFixture<MockKafka>
{
    public const string Name = "Kafka";
}
