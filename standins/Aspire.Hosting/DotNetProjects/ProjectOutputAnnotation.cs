using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.DotNetProjects;

/// <summary>Where to look for what was built from the project.</summary>
internal sealed class ProjectOutputAnnotation(Assembly? appHost) : IResourceAnnotation
{
    internal Assembly? AppHost { get; } = appHost;
}
