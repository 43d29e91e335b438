namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource waits for another one before it starts.</summary>
public sealed class WaitAnnotation(
    IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public WaitType WaitType { get; } = waitType;

    /// <summary>
    /// Null: as <see cref="ResourceNotificationServiceOptions.DefaultWaitBehavior"/> says.
    /// </summary>
    public WaitBehavior? WaitBehavior { get; init; }

    /// <summary>The exit code that counts as completion.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>What is waited for.</summary>
public enum WaitType
{
    WaitUntilHealthy = 0,
    WaitForCompletion = 1,
    WaitUntilStarted = 2,
}

/// <summary>What becomes of the wait when the awaited resource stops or fails to start.</summary>
public enum WaitBehavior
{
    WaitOnResourceUnavailable = 0,
    StopOnResourceUnavailable = 1,
}
