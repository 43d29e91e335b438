namespace BankAccounts.EndToEnd.Tests;

/// <summary>One bank for all tests that leave it as healthy as they found it.</summary>
public sealed class BankFixture : IAsyncLifetime
{
    private readonly string folder = Bank.NewDataFolder();

    public Bank Bank { get; private set; } = null!;

    public async Task InitializeAsync() => Bank = await Bank.StartAsync(folder);

    public async Task DisposeAsync()
    {
        await Bank.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>The tests that share <see cref="BankFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBank : ICollectionFixture<BankFixture>
{
    public const string Name = "one bank";
}
