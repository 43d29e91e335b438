namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names a health check of the host that says whether the resource is healthy.</summary>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key { get; } = key;
}
