using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>What can be chosen on the command line of <c>./bank chaos</c>.</summary>
internal sealed record ChaosOptions
{
    public const string Usage = """
        ./bank chaos [options]
              the whole bank on three brokers, under load, with faults; then an independent check
            --minutes <n>       how long things go wrong (10)
            --seed <n>          which faults, when, and what is asked (by chance); it is printed
            --only <a,b,...>    only these faults; --list names them all
            --keep              keep the folder with all that was written down, whatever the verdict is
        """;

    public double Minutes { get; init; } = 10;

    public int Seed { get; init; } = Random.Shared.Next(1_000_000_000);

    public IReadOnlyList<string> Only { get; init; } = [];

    public bool Keep { get; init; }

    public bool List { get; init; }

    public bool Help { get; init; }

    /// <exception cref="ChaosException">An option is unknown, or its value out of bounds.</exception>
    public static ChaosOptions Parse(IEnumerable<string> arguments)
    {
        var options = new ChaosOptions();
        var left = new Queue<string>(arguments);
        while (left.TryDequeue(out var option))
        {
            options = option switch
            {
                "--help" or "-h" => options with { Help = true },
                "--list" => options with { List = true },
                "--keep" => options with { Keep = true },
                "--minutes" => options with { Minutes = MinutesOf(Value(option, left)) },
                "--seed" => options with { Seed = SeedOf(Value(option, left)) },
                "--only" => options with { Only = Names(Value(option, left)) },
                _ => throw new ChaosException($"Unknown option {option}.\n{Usage}"),
            };
        }
        return options;
    }

    private static string Value(string option, Queue<string> left) =>
        left.TryDequeue(out var value) ? value : throw new ChaosException($"{option} needs a value.");

    private static double MinutesOf(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes)
        && minutes is > 0 and <= 24 * 60
            ? minutes
            : throw new ChaosException($"--minutes is a number such as 10 or 0.5, at most 1440, not '{text}'.");

    private static int SeedOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new ChaosException($"--seed is a whole number from 0 to {int.MaxValue}, not '{text}'.");

    private static string[] Names(string text)
    {
        var names = text.Split(',');
        return Array.Find(names, name => AllFaults.All.All(fault => fault.Name != name)) is { } unknown
            ? throw new ChaosException($"There is no fault '{unknown}'. ./bank chaos --list names them all.")
            : names;
    }
}
