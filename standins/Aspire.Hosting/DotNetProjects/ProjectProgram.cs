using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Launch;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.DotNetProjects;

/// <summary>Finds the built output of a project and how to run it.</summary>
internal static class ProjectProgram
{
    /// <exception cref="DistributedApplicationException">The project has not been built.</exception>
    internal static async Task<ProcessSpec> FindAsync(
        ProjectResource project, CancellationToken cancellationToken)
    {
        var path = project.GetProjectMetadata().ProjectPath;
        var appHost = project.Annotations.OfType<ProjectOutputAnnotation>().Single().AppHost;
        var output = AppHostMetadata.ProjectOutput(appHost, path)
            ?? await AskMSBuildAsync(path, AppHostMetadata.Configuration(appHost), cancellationToken).ConfigureAwait(false);
        if (!File.Exists(output))
        {
            throw new DistributedApplicationException(
                $"Project '{path}' has not been built: there is no '{output}'.");
        }
        return new ProcessSpec
        {
            FileName = DotNet(),
            Arguments = [output],
            WorkingDirectory = Path.GetDirectoryName(path)!,
            Environment = new Dictionary<string, string>(),
        };
    }

    /// <summary>
    /// A project that the AppHost's build does not know: its own build is asked, as "dotnet run"
    /// does.
    /// </summary>
    private static async Task<string> AskMSBuildAsync(
        string projectPath, string configuration, CancellationToken cancellationToken)
    {
        if (!File.Exists(projectPath))
        {
            throw new DistributedApplicationException($"Project '{projectPath}' does not exist.");
        }
        using var msbuild = await ProcessStarter.StartAsync(new ProcessSpec
        {
            FileName = DotNet(),
            Arguments = ["msbuild", projectPath, "-getProperty:TargetPath", $"-p:Configuration={configuration}"],
            WorkingDirectory = Path.GetDirectoryName(projectPath)!,
            Environment = new Dictionary<string, string>(),
        }).ConfigureAwait(false);
        var errors = msbuild.StandardError.ReadToEndAsync(cancellationToken);
        var output = await msbuild.StandardOutput.ReadToEndAsync(cancellationToken)
            .ConfigureAwait(false);
        await msbuild.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return msbuild.ExitCode == 0
            ? output.Trim()
            : throw new DistributedApplicationException(
                $"MSBuild cannot evaluate project '{projectPath}': {output.Trim()} {(await errors.ConfigureAwait(false)).Trim()}");
    }

    private static string DotNet()
        => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host) ? host
            : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
            : ExecutableFinder.Find("dotnet", ".", Environment.GetEnvironmentVariable("PATH"));
}
