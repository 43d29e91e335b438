namespace Aspire.Hosting.ApplicationModel;

/// <summary>One thing of the application: a project, an executable, a connection string.</summary>
public interface IResource
{
    /// <summary>Unique in the application, compared without regard to case.</summary>
    string Name { get; }

    /// <summary>
    /// Everything that was said about the resource with the <c>With…</c> methods.
    /// </summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>Marks a class as something that can be attached to a resource.</summary>
public interface IResourceAnnotation;
