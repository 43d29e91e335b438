namespace Aspire.Hosting.Processes;

/// <summary>What is needed to start one process.</summary>
internal sealed record ProcessSpec
{
    /// <summary>The full path of the program.</summary>
    internal required string FileName { get; init; }

    internal required IReadOnlyList<string> Arguments { get; init; }

    internal required string WorkingDirectory { get; init; }

    /// <summary>Added to, and stronger than, the environment of the host.</summary>
    internal required IReadOnlyDictionary<string, string> Environment { get; init; }
}
