using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.DotNetProjects;

/// <summary>
/// What every project gets: endpoints out of its own configuration, and its environment.
/// </summary>
internal static class ProjectDefaults
{
    internal static IResourceBuilder<ProjectResource> Apply(
        IResourceBuilder<ProjectResource> project, IProjectMetadata metadata, ProjectResourceOptions options)
    {
        project.WithOtlpExporter();
        var configuration = project.ApplicationBuilder.Configuration;
        var launch = options.ExcludeLaunchProfile
            ? null
            : LaunchProfiles.Find(
                metadata,
                options.LaunchProfileName,
                configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"]);

        var hasKestrelEndpoints = !options.ExcludeKestrelEndpoints && KestrelEndpoints.Add(project, metadata);
        if (!hasKestrelEndpoints)
        {
            if (launch is { } profile)
            {
                AspNetCoreUrls.AddEndpoints(project, profile.Profile);
            }
            AspNetCoreUrls.SetVariable(project);
        }
        return launch is { } chosen ? WithVariablesOf(project, chosen.Name, chosen.Profile) : project;
    }

    private static IResourceBuilder<ProjectResource> WithVariablesOf(
        IResourceBuilder<ProjectResource> project, string name, LaunchProfile profile)
        => project.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", name);
            foreach (var (key, value) in profile.EnvironmentVariables)
            {
                context.EnvironmentVariables.TryAdd(key, Environment.ExpandEnvironmentVariables(value));
            }
        });
}
