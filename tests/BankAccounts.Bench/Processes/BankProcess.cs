namespace BankAccounts.Bench.Processes;

/// <summary>A process of the bank that is measured.</summary>
/// <param name="Kind">What it is: a service's name, <c>kafka</c>, <c>zookeeper</c>, <c>redis</c> or <c>apphost</c>.</param>
/// <param name="Id">Its process id.</param>
/// <param name="Environment">What it was started with; empty for one that writes over it (Redis does).</param>
internal sealed record BankProcess(string Kind, int Id, IReadOnlyDictionary<string, string> Environment)
{
    private static readonly (string Program, string Kind)[] Programs =
    [
        ("CommandService", "command-service"),
        ("ProjectionService", "projection-service"),
        ("QueryService", "query-service"),
    ];

    /// <summary>Where its endpoint of this name listens; null if it has none.</summary>
    public string? Endpoint(string name) => Environment.GetValueOrDefault($"Kestrel__Endpoints__{name}__Url");

    /// <summary>What a command line runs; null if it is nothing of a bank.</summary>
    public static string? KindOf(string[] commandLine)
    {
        if (commandLine.Contains("kafka.Kafka"))
        {
            return "kafka";
        }
        if (Array.Exists(commandLine, part => part.EndsWith(".QuorumPeerMain", StringComparison.Ordinal)))
        {
            return "zookeeper";
        }
        if (commandLine[0].Contains("redis-server", StringComparison.Ordinal))
        {
            return "redis";
        }
        // A service is its own program, or "dotnet <its library>"; "dotnet run" beside it is neither.
        return Array.Find(Programs, known => commandLine.Take(2).Any(part =>
            Path.GetFileName(part) is { } file && (file == known.Program || file == known.Program + ".dll"))).Kind;
    }
}
