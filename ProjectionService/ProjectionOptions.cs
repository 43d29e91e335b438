using System.ComponentModel.DataAnnotations;
using BankAccounts.ServiceDefaults;

namespace BankAccounts.ProjectionService;

/// <summary>The bounds of a projector. Configuration section <c>Projection</c>.</summary>
public sealed record ProjectionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Projection";

    /// <summary>
    /// The most records of one batch, and so of one commit. One that carries on several transfers counts for as many.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxBatchRecords { get; init; } = 1_000;

    /// <summary>
    /// How many transfers share a record at the most. Older projectors, to which a record has one transfer, halt at one
    /// that has more.
    /// </summary>
    [Range(1, Bounds.MaxTransfersPerRecord)]
    public int MaxTransfersPerRecord { get; init; } = Bounds.MaxTransfersPerRecord;

    /// <summary>How many records of a partition wait in memory before its reading pauses.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueuedRecords { get; init; } = 8_192;

    /// <summary>How many accounts of a partition are kept in memory; requests as many.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxCachedAccounts { get; init; } = 100_000;

    /// <summary>How many appending processes of a partition are kept in memory, about 10 KiB each.</summary>
    [Range(10, 100_000)]
    public int MaxCachedProducers { get; init; } = 200;

    /// <summary>How often a quiet partition looks whether Redis still stands where it left it.</summary>
    [PositiveTime]
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a partition that is halted because of its log looks at the log again.</summary>
    [PositiveTime]
    public TimeSpan HaltLookInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the last record that was folded may take to be read again at the start.</summary>
    [PositiveTime]
    public TimeSpan LogLookTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How soon after a halt that needs a newer build this process leaves the group first.</summary>
    [PositiveTime]
    public TimeSpan MinLeaveInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time between two leaves; it doubles from 15 s on.</summary>
    [PositiveTime]
    public TimeSpan MaxLeaveInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long it stays away.</summary>
    [PositiveTime]
    public TimeSpan LeavePause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The pause after a first failure, doubled with each further one.</summary>
    [PositiveTime]
    public TimeSpan MinRetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause after failures.</summary>
    [PositiveTime]
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a partition that is given up may finish its commit.</summary>
    [PositiveTime]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
