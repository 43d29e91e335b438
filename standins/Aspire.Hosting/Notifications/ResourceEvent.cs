namespace Aspire.Hosting.ApplicationModel;

/// <summary>One replica's new state.</summary>
public class ResourceEvent
{
    public ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
    {
        Resource = resource;
        ResourceId = resourceId;
        Snapshot = snapshot;
    }

    public IResource Resource { get; }

    /// <summary>The replica: the resource's name and a random suffix.</summary>
    public string ResourceId { get; }

    public CustomResourceSnapshot Snapshot { get; }
}

/// <summary>The state with which a resource begins.</summary>
public class ResourceSnapshotAnnotation(
    CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    public CustomResourceSnapshot InitialSnapshot { get; } = initialSnapshot;
}

/// <summary>How waits behave where <c>WaitFor</c> does not say.</summary>
public sealed class ResourceNotificationServiceOptions
{
    public WaitBehavior DefaultWaitBehavior { get; set; } = WaitBehavior.StopOnResourceUnavailable;
}
