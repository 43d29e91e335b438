namespace BankAccounts.EndToEnd.Tests;

/// <summary>A bank on three brokers and a Redis Cluster, with as few services as can be.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly string folder = Bank.NewDataFolder();

    public Bank Bank { get; private set; } = null!;

    public async Task InitializeAsync() => Bank = await Bank.StartAsync(
        folder, [.. Bank.OnClusters, "--command-services=1", "--projectors=2"]);

    public async Task DisposeAsync()
    {
        await Bank.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>The tests that share <see cref="ClusterFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterBank : ICollectionFixture<ClusterFixture>
{
    public const string Name = "one bank on clusters";
}
