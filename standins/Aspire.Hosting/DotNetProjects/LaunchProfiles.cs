using System.Text.Json;

namespace Aspire.Hosting.DotNetProjects;

/// <summary>Finds the launch profile that a project runs with.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <param name="project">The project.</param>
    /// <param name="wanted">The profile to take; it has to be there.</param>
    /// <param name="usual">The profile to take if it is there, else the first one that runs the project.</param>
    /// <exception cref="DistributedApplicationException">The wanted profile is not there.</exception>
    internal static (string Name, LaunchProfile Profile)? Find(IProjectMetadata project, string? wanted, string? usual)
    {
        var profiles = (project.LaunchSettings ?? Read(project.ProjectPath))?.Profiles ?? [];
        if (!string.IsNullOrEmpty(wanted))
        {
            return profiles.TryGetValue(wanted, out var named)
                ? (wanted, named)
                : throw new DistributedApplicationException(
                    $"Launch profile '{wanted}' is not in the launch settings of project '{project.ProjectPath}'.");
        }
        if (usual is not null && profiles.TryGetValue(usual, out var found))
        {
            return (usual, found);
        }
        foreach (var (name, profile) in profiles)
        {
            if (profile.CommandName == "Project")
            {
                return (name, profile);
            }
        }
        return null;
    }

    internal static LaunchSettings? Read(string projectPath)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        return File.Exists(file)
            ? JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), s_json)
            : null;
    }
}
