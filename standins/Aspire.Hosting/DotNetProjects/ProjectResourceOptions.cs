namespace Aspire.Hosting;

/// <summary>What a project resource is made with.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile; the usual one if not given.</summary>
    public string? LaunchProfileName { get; set; }

    public bool ExcludeLaunchProfile { get; set; }

    /// <summary>Do not make endpoints out of the project's own Kestrel configuration.</summary>
    public bool ExcludeKestrelEndpoints { get; set; }
}
