using System.Reflection;

namespace Aspire.Hosting.Launch;

/// <summary>What the AppHost SDK's targets wrote into the AppHost's assembly.</summary>
internal static class AppHostMetadata
{
    private const string OutputOf = "AspireProjectOutput:";

    internal static string? ProjectDirectory(Assembly? assembly)
        => Value(assembly, "AppHostProjectPath") is { } path && Directory.Exists(path) ? path : null;

    /// <summary>The built assembly of a project that the AppHost references.</summary>
    internal static string? ProjectOutput(Assembly? assembly, string projectPath)
        => Value(assembly, OutputOf + projectPath);

    internal static string Configuration(Assembly? assembly)
        => assembly?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration is { Length: > 0 } known
            ? known
            : "Debug";

    private static string? Value(Assembly? assembly, string key)
        => assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => string.Equals(attribute.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
