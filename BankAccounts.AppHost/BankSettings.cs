using System.Globalization;
using BankAccounts.AppHost.Engines;
using Microsoft.Extensions.Configuration;

namespace BankAccounts.AppHost;

/// <summary>
/// What can be chosen on the command line of the AppHost (and of <c>./bank up</c>), for example
/// <c>--partitions 24 --fresh</c>. Everything has a default.
/// </summary>
public sealed record BankSettings
{
    /// <summary>Switches that stand alone; all other options take a value.</summary>
    private static readonly string[] Flags = ["--fresh", "--redis-cluster"];

    /// <summary>
    /// Partitions of the log: 1 … 65,536, because an account id holds 16 bits of them. Null leaves
    /// it to the log that is there, or else to the machine (<see cref="LogPartitions" />).
    /// </summary>
    public int? Partitions { get; init; }

    /// <summary>Kafka brokers of the local engine: 1, or 3 for replication. 1 … 9.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>Whether the Redis of the local engine is a cluster of three nodes.</summary>
    public bool RedisCluster { get; init; }

    /// <summary>Replicas of CommandService: 1 … 64.</summary>
    public int CommandServices { get; init; } = MachineSize.Usual.CommandServices;

    /// <summary>Replicas of ProjectionService: 1 … 64.</summary>
    public int Projectors { get; init; } = MachineSize.Usual.Projectors;

    /// <summary>How long the command "Run load" makes load: 1 … 600 seconds.</summary>
    public int LoadSeconds { get; init; } = 30;

    /// <summary>
    /// <c>local</c> (processes) or <c>containers</c>; null leaves it to what this machine has.
    /// </summary>
    public string? Engines { get; init; }

    /// <summary>
    /// Whether somebody else creates the topic and answers for its retention, on a Kafka that a connection
    /// string names. It has the key that the services know it by: <c>Bank:TopicIsManaged</c>.
    /// </summary>
    public bool TopicIsManaged { get; init; }

    /// <summary>Reads the settings out of the AppHost's configuration.</summary>
    /// <param name="configuration">What was asked for.</param>
    /// <param name="size">The size of the machine; null: this one's.</param>
    /// <exception cref="BankStartException">A value is out of its bounds.</exception>
    public static BankSettings Read(IConfiguration configuration, MachineSize? size = null)
    {
        size ??= MachineSize.OfThisOne;
        var defaults = new BankSettings { CommandServices = size.CommandServices, Projectors = size.Projectors };
        return new BankSettings
        {
            Partitions = Number(configuration, "partitions", most: 65_536),
            Brokers = Number(configuration, "brokers", most: 9) ?? defaults.Brokers,
            RedisCluster = YesOrNo(configuration, "redis-cluster"),
            CommandServices = Number(configuration, "command-services", most: 64) ?? defaults.CommandServices,
            Projectors = Number(configuration, "projectors", most: 64) ?? defaults.Projectors,
            LoadSeconds = Number(configuration, "load-seconds", most: 600) ?? defaults.LoadSeconds,
            Engines = configuration["engines"] switch
            {
                null or "" => null,
                "local" => "local",
                "containers" => "containers",
                var other => throw new BankStartException(
                    $"--engines is 'local' or 'containers', not '{other}'."),
            },
            TopicIsManaged = YesOrNo(configuration, "Bank:TopicIsManaged"),
        };
    }

    /// <summary>
    /// Gives flags without a value the value <c>true</c>: to the command line configuration
    /// <c>--fresh --partitions 6</c> would read as a flag with the value <c>--partitions</c>.
    /// </summary>
    public static string[] CompleteFlags(IReadOnlyList<string> args) =>
    [
        .. args.Select((arg, index) =>
            Flags.Contains(arg) && !HasValue(args, index) ? $"{arg}=true" : arg),
    ];

    private static bool HasValue(IReadOnlyList<string> args, int index) =>
        index + 1 < args.Count && bool.TryParse(args[index + 1], out _);

    private static bool YesOrNo(IConfiguration configuration, string name) =>
        configuration[name] is { Length: > 0 } text
        && (bool.TryParse(text, out var value)
            ? value
            : throw new BankStartException($"--{name} is true or false, not '{text}'."));

    private static int? Number(IConfiguration configuration, string name, int most)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
               && number >= 1 && number <= most
            ? number
            : throw new BankStartException($"--{name} is a number from 1 to {most}, not '{text}'.");
    }
}
