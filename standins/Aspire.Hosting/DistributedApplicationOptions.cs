namespace Aspire.Hosting;

/// <summary>How the builder is made.</summary>
public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; the entry assembly if not given.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Relative paths start here; the AppHost's project folder if not given.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>There is no dashboard; unless this is set, the log says so.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>
    /// Whether the resources' console logs are repeated in the host's log. On unless switched off: there is no
    /// dashboard to read them in.
    /// </summary>
    public bool EnableResourceLogging { get; set; } = true;
}
