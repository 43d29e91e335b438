using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Launch;

/// <summary>
/// Lets a test run the AppHost's own Program: told of each step of the builder that this flow of execution makes,
/// and asked before the application runs.
/// </summary>
internal sealed class EntryPointHooks
{
    private static readonly AsyncLocal<EntryPointHooks?> s_current = new();

    internal static EntryPointHooks? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    internal Action<DistributedApplicationOptions, HostApplicationBuilderSettings>? BuilderCreating { get; init; }

    internal Action<DistributedApplicationBuilder>? BuilderCreated { get; init; }

    internal Action<DistributedApplicationBuilder>? Building { get; init; }

    internal Action<DistributedApplication>? Built { get; init; }

    /// <summary>Completes when the test starts the application; false if it never will.</summary>
    internal Func<Task<bool>>? MayStart { get; init; }

    /// <summary>The application has started, or has failed to.</summary>
    internal Action<Exception?>? Started { get; init; }
}
