using Grpc.Core;

namespace BankAccounts.ServiceDefaults.Grpc;

/// <summary>
/// One reason of the contract's errors, as programs read it. Only <see cref="Reasons"/> makes them, so an
/// error cannot be raised with a reason that the catalogue does not have.
/// </summary>
public sealed class ErrorReason
{
    internal ErrorReason(string name, StatusCode code, string message, params string[] metadata)
    {
        Name = name;
        Code = code;
        Message = message;
        Metadata = metadata;
    }

    /// <summary>Stable, UPPER_SNAKE_CASE.</summary>
    public string Name { get; }

    /// <summary>The gRPC status that it always comes with.</summary>
    public StatusCode Code { get; }

    /// <summary>A sentence for people, where there is no better one.</summary>
    public string Message { get; }

    /// <summary>The keys that the metadata of its ErrorInfo may have.</summary>
    public IReadOnlyList<string> Metadata { get; }

    /// <summary>After how long it is worth to try again; null if waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
