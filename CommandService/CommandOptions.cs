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

    /// <summary>The deadline of a call that brings none.</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long before the caller's deadline an undecided command is answered as unknown.</summary>
    public TimeSpan DeadlineMargin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a pushed decision may be late before it is asked for.</summary>
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The age from which the shared clock is too old to stamp records with.</summary>
    public TimeSpan MaxClockAge { get; init; } = TimeSpan.FromSeconds(5);
}
