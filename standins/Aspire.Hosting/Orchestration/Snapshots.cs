using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>What the state of a replica looks like at each step of its life.</summary>
internal static class Snapshots
{
    private static readonly string[] s_ofOneProcess =
    [
        KnownProperties.Executable.Path,
        KnownProperties.Executable.WorkDir,
        KnownProperties.Executable.Args,
        KnownProperties.Executable.Pid,
        KnownProperties.Resource.ExitCode,
    ];

    internal static CustomResourceSnapshot Initial(IResource resource)
        => new()
        {
            ResourceType = resource switch
            {
                ProjectResource => "Project",
                ContainerResource => "Container",
                _ => "Executable",
            },
            CreationTimeStamp = DateTime.UtcNow,
            State = KnownResourceStates.NotStarted,
            Properties = resource.TryGetLastAnnotation<IProjectMetadata>(out var project)
                ? [new(KnownProperties.Project.Path, project.ProjectPath)]
                : [],
            Relationships =
            [
                .. resource.Annotations.OfType<ResourceRelationshipAnnotation>()
                    .Select(relation => new RelationshipSnapshot(relation.Resource.Name, relation.Type)).Distinct(),
            ],
        };

    internal static Func<CustomResourceSnapshot, CustomResourceSnapshot> Starting(
        IResource resource)
        => state => state with
        {
            State = KnownResourceStates.Starting,
            ExitCode = null,
            StartTimeStamp = null,
            StopTimeStamp = null,
            ResourceReady = null,
            Properties = [.. state.Properties.Where(property => !s_ofOneProcess.Contains(property.Name))],
            HealthReports = HealthNotKnownYet(resource),
        };

    /// <summary>A resource is not healthy until each of its checks has answered.</summary>
    internal static ImmutableArray<HealthReportSnapshot> HealthNotKnownYet(IResource resource)
        =>
        [
            .. resource.Annotations.OfType<HealthCheckAnnotation>()
                .Select(check => check.Key).Distinct()
                .Select(key => new HealthReportSnapshot(
                    key, Status: null, Description: null, ExceptionText: null)),
        ];

    internal static Func<CustomResourceSnapshot, CustomResourceSnapshot> Running(
        ProcessSpec spec, int processId)
        => state => state with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = DateTime.UtcNow,
            EnvironmentVariables =
            [
                .. spec.Environment.Select(pair => new EnvironmentVariableSnapshot(pair.Key, pair.Value, IsFromSpec: true)),
            ],
            Properties =
            [
                .. state.Properties,
                new(KnownProperties.Executable.Path, spec.FileName),
                new(KnownProperties.Executable.WorkDir, spec.WorkingDirectory),
                new(KnownProperties.Executable.Args, spec.Arguments.ToImmutableArray()) { IsSensitive = true },
                new(KnownProperties.Executable.Pid, processId),
            ],
        };

    internal static Func<CustomResourceSnapshot, CustomResourceSnapshot> Ended(int exitCode)
        => state => state with
        {
            State = exitCode == 0
                ? new(KnownResourceStates.Finished, Style: null)
                : new(KnownResourceStates.Exited, KnownResourceStateStyles.Error),
            ExitCode = exitCode,
            StopTimeStamp = DateTime.UtcNow,
            Properties = [.. state.Properties, new(KnownProperties.Resource.ExitCode, exitCode)],
        };
}
