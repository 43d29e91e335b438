using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of one replica of a resource at one moment.</summary>
[DebuggerDisplay("{ResourceType,nq} {State?.Text,nq} {HealthStatus}")]
public sealed record CustomResourceSnapshot
{
    private readonly ImmutableArray<HealthReportSnapshot> _healthReports = [];
    private readonly ResourceStateSnapshot? _state;

    public required string ResourceType { get; init; }

    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    public DateTime? CreationTimeStamp { get; init; }

    public DateTime? StartTimeStamp { get; init; }

    public DateTime? StopTimeStamp { get; init; }

    public ResourceStateSnapshot? State
    {
        get => _state;
        init
        {
            _state = value;
            HealthStatus = HealthOf(_healthReports, value?.Text);
        }
    }

    public int? ExitCode { get; init; }

    /// <summary>
    /// Null while the replica does not run; Healthy if it runs and has no health checks.
    /// </summary>
    public HealthStatus? HealthStatus { get; private init; }

    public ImmutableArray<HealthReportSnapshot> HealthReports
    {
        get => _healthReports;
        internal init
        {
            _healthReports = value;
            HealthStatus = HealthOf(value, State?.Text);
        }
    }

    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    public bool IsHidden { get; init; }

    /// <summary>Grows by one with every update of the replica.</summary>
    internal long Version { get; init; }

    /// <summary>
    /// The subscribers of <see cref="ResourceReadyEvent"/>; null before it was published.
    /// </summary>
    internal Task? ResourceReady { get; init; }

    private static HealthStatus? HealthOf(
        ImmutableArray<HealthReportSnapshot> reports, string? state)
    {
        if (state != KnownResourceStates.Running)
        {
            return null;
        }
        return reports.Length == 0
            ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            // A check that has not answered yet counts as unhealthy.
            : reports.Min(report => report.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);
    }
}

/// <summary>The state's name and how it is shown.</summary>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    public static implicit operator ResourceStateSnapshot?(string? s)
        => s is null ? null : new(s, Style: null);
}

/// <summary>The latest answer of one health check; a null status means none yet.</summary>
public sealed record HealthReportSnapshot(
    string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    public DateTime? LastRunAt { get; init; }
}

/// <summary>A variable that the process was started with.</summary>
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec);

/// <summary>A named fact, such as "executable.pid".</summary>
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    public bool IsSensitive { get; init; }
}

/// <summary>Another resource that this one has to do with.</summary>
public sealed record RelationshipSnapshot(string ResourceName, string Type);

/// <summary>An address of the resource.</summary>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    public bool IsInactive { get; init; }

    public UrlDisplayPropertiesSnapshot DisplayProperties { get; init; } = new();
}

/// <summary>How an address is shown.</summary>
public sealed record UrlDisplayPropertiesSnapshot(string DisplayName = "", int SortOrder = 0);
