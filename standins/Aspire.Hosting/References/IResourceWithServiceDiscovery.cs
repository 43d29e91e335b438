using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Other resources find this one's endpoints by its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;
