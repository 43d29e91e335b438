namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource does not start with the application, only by the start command.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;
