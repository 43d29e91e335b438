namespace BankAccounts.ServiceDefaults.Health;

/// <summary>Where a service answers for its health, over HTTP.</summary>
public static class HealthPaths
{
    /// <summary>Whether the service can do its work: every check.</summary>
    public const string Health = "/health";

    /// <summary>
    /// Whether the process is worth keeping: the checks with <see cref="LiveTag" />.
    /// </summary>
    public const string Alive = "/alive";

    /// <summary>The tag of checks that depend on nothing outside of the process.</summary>
    public const string LiveTag = "live";
}
