using System.Text.RegularExpressions;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>An unpacked Apache Kafka on this machine.</summary>
/// <param name="Home">Its folder, which holds <c>libs/</c>.</param>
/// <param name="Version">Its version, as the names of its libraries say.</param>
public sealed partial record KafkaDistribution(string Home, Version Version)
{
    /// <summary>
    /// From this version on a broker needs no ZooKeeper (KRaft is ready for production).
    /// </summary>
    private static readonly Version FirstWithKRaft = new(3, 3);

    /// <summary>
    /// The version that <c>./bank setup</c> fetches, and whose protocol is long out of date.
    /// </summary>
    private static readonly Version Fetched = new(0, 9, 0, 1);

    /// <summary>
    /// Whether its brokers form a quorum of their own; otherwise they need ZooKeeper.
    /// </summary>
    public bool IsKRaft => Version >= FirstWithKRaft;

    /// <summary>
    /// Whether there is a distribution to start, in <c>KAFKA_HOME</c> or fetched.
    /// </summary>
    public static bool IsThere(string appHostDirectory) =>
        ConfiguredHome() is not null
        || Directory.Exists(Path.Combine(FetchedHome(appHostDirectory), "libs"));

    /// <summary>
    /// Finds the distribution of <c>KAFKA_HOME</c>, else the one that <c>./bank setup</c> fetched.
    /// </summary>
    /// <exception cref="BankStartException">There is none, or none that can be used.</exception>
    public static KafkaDistribution Find(string appHostDirectory) =>
        At(ConfiguredHome() ?? FetchedHome(appHostDirectory));

    /// <summary>Looks at the distribution in a folder.</summary>
    /// <exception cref="BankStartException">There is none, or none that can be used.</exception>
    public static KafkaDistribution At(string home)
    {
        var libraries = Path.Combine(home, "libs");
        var version = !Directory.Exists(libraries)
            ? null
            : Directory.EnumerateFiles(libraries, "kafka-clients-*.jar")
                .Select(path => ClientsLibrary().Match(Path.GetFileName(path)))
                .Where(match => match.Success)
                .Select(match => Version.Parse(match.Groups["version"].Value))
                .FirstOrDefault();

        if (version is null)
        {
            throw new BankStartException(
                $"There is no Apache Kafka in {home}. "
                + "Run ./bank setup, or set KAFKA_HOME to an unpacked one.");
        }

        var distribution = new KafkaDistribution(Path.GetFullPath(home), version);
        return distribution.IsKRaft || version == Fetched
            ? distribution
            : throw new BankStartException(
                $"Kafka {version} in {home} cannot be used here: take {FirstWithKRaft} or newer.");
    }

    private static string? ConfiguredHome() =>
        Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home ? home : null;

    private static string FetchedHome(string appHostDirectory) =>
        Path.GetFullPath(Path.Combine(appHostDirectory, "..", ".bank", "kafka"));

    [GeneratedRegex(@"^kafka-clients-(?<version>\d+(\.\d+){1,3})\.jar$")]
    private static partial Regex ClientsLibrary();
}
