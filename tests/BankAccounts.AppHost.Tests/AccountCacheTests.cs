namespace BankAccounts.AppHost.Tests;

/// <summary>A bank of few partitions keeps as many accounts in memory as one of twelve.</summary>
public sealed class AccountCacheTests
{
    [Theory]
    [InlineData(1, 1_200_000)]
    [InlineData(6, 200_000)]
    [InlineData(12, 100_000)]
    [InlineData(24, 100_000)]
    [InlineData(65_536, 100_000)]
    public void A_partition_keeps_the_more_the_fewer_there_are(int partitions, int accounts) =>
        Assert.Equal(accounts, AccountCache.OfPartition(partitions));
}
