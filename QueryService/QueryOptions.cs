using System.ComponentModel.DataAnnotations;
using BankAccounts.ServiceDefaults;

namespace BankAccounts.QueryService;

/// <summary>The bounds of a QueryService. Configuration section <c>Query</c>.</summary>
public sealed record QueryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Query";

    /// <summary>
    /// How many watchers this process takes at most; others are turned away. One that does not read costs what 32
    /// entries and the connection's buffers do, some 100 KiB at most.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxWatchers { get; init; } = 10_000;

    /// <summary>How many statements are streamed at once at most, up to 2 MiB each; others are turned away.</summary>
    [Range(1, 100_000)]
    public int MaxStatements { get; init; } = 256;

    /// <summary>How often it is looked whether a commit's message was lost.</summary>
    [PositiveTime]
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long commits are listened to after the last read that waited for one, and the last watch.</summary>
    [PositiveTime]
    public TimeSpan ListenOn { get; init; } = TimeSpan.FromSeconds(10);
}
