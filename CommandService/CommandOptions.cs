using System.ComponentModel.DataAnnotations;

namespace BankAccounts.CommandService;

/// <summary>The bounds of taking commands. Configuration section <c>Command</c>.</summary>
public sealed record CommandOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Command";

    /// <summary>How many commands of this process may be under way at once; more are refused.</summary>
    [Range(1, 1_000_000)]
    public int MaxUnderWay { get; init; } = 8_192;

    /// <summary>How long a pushed decision may be late before it is asked for.</summary>
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromMilliseconds(250);
}
