using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace BankAccounts.AppHost;

/// <summary>
/// How many accounts of a partition a projector keeps in memory. What is not there is read from Redis before it is
/// changed, so a bank of few partitions keeps more of each: as many in all as one of twelve.
/// </summary>
public static class AccountCache
{
    private const string Key = "Projection:MaxCachedAccounts";

    /// <summary>What the service takes by itself.</summary>
    private const int LeastOfPartition = 100_000;

    /// <summary>What a bank of twelve partitions has of that.</summary>
    private const int OfBank = 1_200_000;

    /// <summary>Sets how many, unless the AppHost's own environment says it.</summary>
    public static IResourceBuilder<T> WithAccountCache<T>(
        this IResourceBuilder<T> projectors, IConfiguration configuration, int partitions)
        where T : IResourceWithEnvironment => projectors.WithEnvironment(
            Key.Replace(":", "__", StringComparison.Ordinal),
            configuration[Key] ?? OfPartition(partitions).ToString(CultureInfo.InvariantCulture));

    /// <summary>How many of a partition, where the log has so many partitions.</summary>
    public static int OfPartition(int partitions) => Math.Max(LeastOfPartition, OfBank / partitions);
}
