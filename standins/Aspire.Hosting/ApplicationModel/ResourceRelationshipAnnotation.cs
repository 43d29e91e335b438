namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource has to do with another one: "Reference", "WaitFor", "Parent".</summary>
public sealed class ResourceRelationshipAnnotation(
    IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public string Type { get; } = type;
}

internal static class KnownRelationshipTypes
{
    internal const string Parent = "Parent";
    internal const string Reference = "Reference";
    internal const string WaitFor = "WaitFor";
}
