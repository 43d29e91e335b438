using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>One process of a resource, through all its starts and stops.</summary>
internal sealed class Replica(IResource resource, string suffix)
{
    private const string SuffixChars = "abcdefghijklmnopqrstuvwxyz";
    private const int SuffixLength = 8;

    internal IResource Resource { get; } = resource;

    internal string Suffix { get; } = suffix;

    internal string Id { get; } = $"{resource.Name}-{suffix}";

    /// <summary>
    /// The port that this process listens on, per endpoint; the same in every start.
    /// </summary>
    internal Dictionary<EndpointAnnotation, int> TargetPorts { get; } = [];

    /// <summary>Held by whoever starts or stops the process.</summary>
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    internal ChildProcess? Process { get; set; }

    /// <summary>Completes when the end of the process has been published.</summary>
    internal Task EndPublished { get; set; } = Task.CompletedTask;

    /// <summary>Ends a start that still waits for other resources.</summary>
    internal CancellationTokenSource? Starting { get; set; }

    internal static string NewSuffix()
        => RandomNumberGenerator.GetString(SuffixChars, SuffixLength);
}
