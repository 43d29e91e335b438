namespace Aspire.Hosting;

/// <summary>How the builder is made.</summary>
public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; the entry assembly if not given.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Relative paths start here; the AppHost's project folder if not given.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Whether there is to be no dashboard, whatever the configuration says.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether the dashboard may speak HTTP; ASPIRE_ALLOW_UNSECURED_TRANSPORT allows it too.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>
    /// Whether the resources' console logs are repeated in the host's log. On unless switched off: not every run
    /// has a dashboard to read them in.
    /// </summary>
    public bool EnableResourceLogging { get; set; } = true;
}
