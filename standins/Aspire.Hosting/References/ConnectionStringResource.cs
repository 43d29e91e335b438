using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A connection string that is put together out of other resources.</summary>
public sealed class ConnectionStringResource(
    string name, ReferenceExpression connectionStringExpression)
    : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    public ReferenceExpression ConnectionStringExpression { get; }
        = connectionStringExpression ?? throw new ArgumentNullException(nameof(connectionStringExpression));
}
