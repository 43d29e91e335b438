using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Who is stopped together with whom, and after whom.</summary>
internal static class StopOrder
{
    /// <summary>
    /// Whoever waits for another resource, or refers to it, is in an earlier stage than that one.
    /// </summary>
    internal static IEnumerable<IGrouping<int, IResource>> Stages(IEnumerable<IResource> resources)
    {
        var depths = new Dictionary<IResource, int>();
        return resources.GroupBy(resource => Depth(resource, depths)).OrderByDescending(stage => stage.Key);
    }

    /// <summary>
    /// 0 for a resource that needs no other. Circles count once: there is no right order in them.
    /// </summary>
    private static int Depth(IResource resource, Dictionary<IResource, int> depths)
    {
        if (depths.TryGetValue(resource, out var known))
        {
            return known;
        }
        depths[resource] = 0;
        var depth = resource.Annotations
            .Select(annotation => annotation switch
            {
                WaitAnnotation wait => wait.Resource,
                ResourceRelationshipAnnotation relation when relation.Type != KnownRelationshipTypes.Parent
                    => relation.Resource,
                _ => null,
            })
            .OfType<IResource>()
            .Select(needed => 1 + Depth(needed, depths))
            .DefaultIfEmpty(0)
            .Max();
        return depths[resource] = depth;
    }
}
