using System.ComponentModel.DataAnnotations;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;

namespace BankAccounts.CommandService;

/// <summary>The bounds of taking commands. Configuration section <c>Command</c>.</summary>
public sealed record CommandOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Command";

    /// <summary>
    /// How many commands of this process may be under way at once, those included whose results the callers have not
    /// taken. Callers share the room; what finds none is refused, or waits if it came with a stream.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxUnderWay { get; init; } = 32_768;

    /// <summary>
    /// How many commands of one stream may be under way at once, those included whose results the caller has
    /// not taken; then the stream is not read from.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxUnderWayPerStream { get; init; } = 8_192;

    /// <summary>How long a command of a stream may take; what became of it is unknown then.</summary>
    [PositiveTime]
    public TimeSpan StreamedCommandPatience { get; init; } = CallDeadline.Default;

    /// <summary>How long a stream waits for its decisions when the process is told to stop.</summary>
    [PositiveTime]
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a pushed decision may be late before it is asked for.</summary>
    [PositiveTime]
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromMilliseconds(250);
}
