namespace Aspire.Hosting.Testing;

/// <summary>
/// The AppHost's builder, after its Program has described the application and before it is built.
/// </summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>
    /// Lets the AppHost's Program go on to build the application. It does not start it.
    /// </summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
