namespace Aspire.StackExchange.Redis;

/// <summary>How the application uses its connection to Redis.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>
    /// What StackExchange.Redis calls a configuration string: <c>host:port</c> and options, divided
    /// by commas.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether to leave out the health check; false by default.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>
    /// Whether to leave out traces of the commands; false by default. This stand-in never has them,
    /// and logs a warning when they are not disabled.
    /// </summary>
    public bool DisableTracing { get; set; }

    /// <summary>
    /// Whether to connect at the first use (true, the default) and not when the host starts.
    /// </summary>
    public bool DisableAutoActivation { get; set; } = true;
}
