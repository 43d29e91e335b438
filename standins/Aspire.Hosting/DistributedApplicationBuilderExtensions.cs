using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Finds resources again.</summary>
public static class DistributedApplicationBuilderExtensions
{
    /// <exception cref="InvalidOperationException">There is no such resource, or it is of another type.</exception>
    public static IResourceBuilder<T> CreateResourceBuilder<T>(
        this IDistributedApplicationBuilder builder, string name)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Resources.FirstOrDefault(resource => IsNamed(resource, name)) switch
        {
            null => throw new InvalidOperationException($"Resource '{name}' was not found."),
            T resource => builder.CreateResourceBuilder(resource),
            _ => throw new InvalidOperationException($"Resource '{name}' is not of type '{typeof(T).Name}'."),
        };
    }

    public static bool TryCreateResourceBuilder<T>(
        this IDistributedApplicationBuilder builder,
        string name,
        [NotNullWhen(true)] out IResourceBuilder<T>? resourceBuilder)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        resourceBuilder = builder.Resources.FirstOrDefault(resource => IsNamed(resource, name)) is T found
            ? builder.CreateResourceBuilder(found)
            : null;
        return resourceBuilder is not null;
    }

    private static bool IsNamed(IResource resource, string name)
        => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase);
}
