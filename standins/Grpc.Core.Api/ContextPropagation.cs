namespace Grpc.Core;

/// <summary>What a call made by a handler takes over from the call that is handled.</summary>
public class ContextPropagationOptions(
    bool propagateDeadline = true, bool propagateCancellation = true)
{
    public static readonly ContextPropagationOptions Default = new();

    public bool IsPropagateDeadline { get; } = propagateDeadline;

    public bool IsPropagateCancellation { get; } = propagateCancellation;
}

/// <summary>
/// Carries what is taken over. Implementations over .NET's HTTP have none: the server's
/// CreatePropagationToken throws, and the client's factory propagates by itself.
/// </summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
