namespace Aspire.Hosting.ApplicationModel;

/// <summary>How many processes of the resource run side by side.</summary>
public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

/// <summary>
/// The ids under which a resource's replicas are known: its name and a random suffix.
/// </summary>
internal sealed class ReplicaIdsAnnotation(string[] ids) : IResourceAnnotation
{
    internal string[] Ids { get; } = ids;
}
