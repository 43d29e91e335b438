using System.Globalization;
using BankAccounts.Chaos;

namespace BankAccounts.Fuzz;

/// <summary>What can be chosen on the command line of <c>./bank fuzz</c>.</summary>
internal sealed record FuzzOptions
{
    public const string Usage = """
        ./bank fuzz [options]
              hostile input against a bank of its own: over gRPC, and into the log
            --cases <n>         how many cases over gRPC (100,000)
            --from <n>          the number of the first one (0), to go on after an earlier run
            --seed <n>          what the cases are (by chance); it is printed
            --only <grpc|log>   only one of the two
        """;

    private const int MostCases = 100_000_000;

    public int Cases { get; init; } = 100_000;

    public int From { get; init; }

    public int Seed { get; init; } = Random.Shared.Next(1_000_000_000);

    public string? Only { get; init; }

    public bool Help { get; init; }

    /// <exception cref="ChaosException">An option is unknown, or its value out of bounds.</exception>
    public static FuzzOptions Parse(IEnumerable<string> arguments)
    {
        var options = new FuzzOptions();
        var left = new Queue<string>(arguments);
        while (left.TryDequeue(out var option))
        {
            options = option switch
            {
                "--help" or "-h" => options with { Help = true },
                "--cases" => options with { Cases = Number(option, left, 1, MostCases) },
                "--from" => options with { From = Number(option, left, 0, MostCases) },
                "--seed" => options with { Seed = Number(option, left, 0, int.MaxValue) },
                "--only" => options with { Only = Half(left) },
                _ => throw new ChaosException($"Unknown option {option}.\n{Usage}"),
            };
        }
        return options;
    }

    private static int Number(string option, Queue<string> left, int least, int most) =>
        left.TryDequeue(out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? number
            : throw new ChaosException($"{option} is a whole number from {least} to {most}.");

    private static string Half(Queue<string> left) =>
        left.TryDequeue(out var half) && half is "grpc" or "log"
            ? half
            : throw new ChaosException("--only is grpc or log.");
}
