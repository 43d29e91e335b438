using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resources of the application, in the order in which they were added.</summary>
public interface IResourceCollection : IList<IResource>;

internal sealed class ResourceCollection : Collection<IResource>, IResourceCollection
{
    internal ResourceCollection()
    {
    }

    internal ResourceCollection(IEnumerable<IResource> resources)
        : base([.. resources])
    {
    }
}
