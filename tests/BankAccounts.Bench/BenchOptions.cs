using System.Globalization;
using BankAccounts.AppHost;

namespace BankAccounts.Bench;

/// <summary>How much is measured.</summary>
public enum BenchScope
{
    /// <summary>Every row of the table, in some minutes.</summary>
    Quick,

    /// <summary>Longer, more often, and with a large bank at the end: at most 25 minutes.</summary>
    Full,
}

/// <summary>What the services tell about themselves meanwhile.</summary>
public enum TracingMode
{
    /// <summary>Nothing: no collector is there.</summary>
    Off,

    /// <summary>What they sample by default, to a collector that forgets it.</summary>
    Sampled,

    /// <summary>Every call, as on a developer's machine.</summary>
    Always,
}

/// <summary>What was asked for on the command line.</summary>
public sealed record BenchOptions
{
    public const string Usage = """
        ./bank bench [options]   measure the bank against yardsticks of the same run
            --quick                 some minutes (this is the default)
            --full                  at most 25 minutes, with more repetitions and a large bank
            --soak <minutes>        instead: 70 % of the capacity for so long
            --only <name>[,<name>]  only these yardsticks and workloads; --list names them
            --list                  name them
            --seconds <n>           the length of one repetition (quick 1, full 5)
            --rounds <n>            how often each is repeated (quick 3, full 5)
            --accounts <n>          accounts that the commands are spread over (10000)
            --streams <n>           Execute streams for each replica (2)
            --batches <n>           batches of 500 commands under way in each, for transfers half (8)
            --partitions <n>, --projectors <n>, --command-services <n>, --brokers <n>
                                    as for ./bank up
            --proxy                 call through the AppHost's proxy, not the replicas themselves
            --tracing <off|on|always>
                                    spans and metrics sent to a collector: not at all, of the calls that the
                                    services sample by default, of every call (off)
            --json <file>           write the figures there as well; they are always kept in .bank/bench
            --document              write docs/performance and the table in docs/PERFORMANCE.md
        """;

    public BenchScope Scope { get; init; } = BenchScope.Quick;

    /// <summary>How long to soak; null to bench.</summary>
    public TimeSpan? Soak { get; init; }

    /// <summary>The measurements that are wanted; all if there are none.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public bool List { get; init; }

    public bool Help { get; init; }

    /// <summary>The length of one repetition.</summary>
    public TimeSpan Repetition { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often each is repeated.</summary>
    public int Rounds { get; init; } = 3;

    public int Accounts { get; init; } = 10_000;

    /// <summary>Execute streams for each replica of CommandService.</summary>
    public int StreamsPerReplica { get; init; } = 2;

    /// <summary>Batches under way in each stream.</summary>
    public int BatchesPerStream { get; init; } = 8;

    public int Partitions { get; init; } = MachineSize.OfThisOne.Partitions;

    public int Projectors { get; init; } = MachineSize.OfThisOne.Projectors;

    public int CommandServices { get; init; } = MachineSize.OfThisOne.CommandServices;

    public int Brokers { get; init; } = 1;

    public bool ThroughProxy { get; init; }

    public TracingMode Tracing { get; init; }

    public string? JsonFile { get; init; }

    public bool Document { get; init; }

    /// <summary>What the AppHost is started with.</summary>
    public IEnumerable<string> BankArguments() =>
    [
        Argument("partitions", Partitions), Argument("projectors", Projectors),
        Argument("command-services", CommandServices), Argument("brokers", Brokers),
    ];

    /// <summary>Whether a measurement is wanted.</summary>
    public bool Wants(string name) => Only.Count == 0 || Only.Contains(name);

    /// <exception cref="BenchException">An option is unknown, or its value out of bounds.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var isFull = arguments.Contains("--full");
        var options = isFull
            ? new BenchOptions { Scope = BenchScope.Full, Repetition = TimeSpan.FromSeconds(5), Rounds = 5 }
            : new BenchOptions();
        var left = new Queue<string>(arguments);
        while (left.TryDequeue(out var option))
        {
            options = option switch
            {
                "--quick" or "--full" => options,
                "--help" or "-h" => options with { Help = true },
                "--list" => options with { List = true },
                "--proxy" => options with { ThroughProxy = true },
                "--document" => options with { Document = true },
                "--soak" => options with { Soak = TimeSpan.FromMinutes(Number(option, left, 1, 24 * 60)) },
                "--only" => options with { Only = Value(option, left).Split(',') },
                "--seconds" => options with { Repetition = TimeSpan.FromSeconds(Number(option, left, 1, 600)) },
                "--rounds" => options with { Rounds = Number(option, left, 1, 100) },
                "--accounts" => options with { Accounts = Number(option, left, 2, 10_000_000) },
                "--streams" => options with { StreamsPerReplica = Number(option, left, 1, 64) },
                "--batches" => options with { BatchesPerStream = Number(option, left, 1, 64) },
                "--partitions" => options with { Partitions = Number(option, left, 1, 1_000) },
                "--projectors" => options with { Projectors = Number(option, left, 1, 64) },
                "--command-services" => options with { CommandServices = Number(option, left, 1, 64) },
                "--brokers" => options with { Brokers = Number(option, left, 1, 9) },
                "--tracing" => options with { Tracing = TracingOf(option, left) },
                "--json" => options with { JsonFile = Value(option, left) },
                _ => throw new BenchException($"Unknown option {option}.\n{Usage}"),
            };
        }
        return options;
    }

    private static string Argument(string name, int value) => FormattableString.Invariant($"--{name}={value}");

    private static string Value(string option, Queue<string> left) =>
        left.TryDequeue(out var value) ? value : throw new BenchException($"{option} needs a value.");

    private static int Number(string option, Queue<string> left, int least, int most) =>
        int.TryParse(Value(option, left), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? number
            : throw new BenchException($"{option} is a number from {least} to {most}.");

    private static TracingMode TracingOf(string option, Queue<string> left) => Value(option, left) switch
    {
        "off" => TracingMode.Off,
        "on" => TracingMode.Sampled,
        "always" => TracingMode.Always,
        var other => throw new BenchException($"{option} is off, on or always, not '{other}'."),
    };
}
