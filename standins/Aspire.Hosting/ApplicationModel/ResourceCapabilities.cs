namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource's process takes command-line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>The resource's process listens on ports.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>The resource's process takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>The resource never starts or stops, so nothing can wait for it.</summary>
public interface IResourceWithoutLifetime : IResource;

/// <summary>The resource can be made to wait for another one before it starts.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>The resource belongs to another one; who waits for it waits for that one too.</summary>
public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

/// <inheritdoc cref="IResourceWithParent"/>
public interface IResourceWithParent<out T> : IResourceWithParent
    where T : IResource
{
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}
