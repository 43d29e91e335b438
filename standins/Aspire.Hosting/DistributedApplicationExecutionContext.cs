namespace Aspire.Hosting;

/// <summary>What the AppHost was started for.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    private IServiceProvider? _services;

    public DistributedApplicationOperation Operation { get; } = operation;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    /// <exception cref="InvalidOperationException">The application is not built yet.</exception>
    public IServiceProvider ServiceProvider
    {
        get => _services ?? throw new InvalidOperationException(
            "IServiceProvider is not available because the DistributedApplication has not been built yet.");
        internal set => _services = value;
    }
}

/// <summary>To run the application, or to publish it; only running is there.</summary>
public enum DistributedApplicationOperation
{
    Run = 0,
    Publish = 1,
}
