namespace BankAccounts.Client;

/// <summary>
/// A command that its caller cancelled: only the waiting ended, the command may have taken effect or may still do so.
/// </summary>
public sealed class CommandCanceledException : OperationCanceledException
{
    internal CommandCanceledException(string requestId, Exception cancelled, CancellationToken cancellation)
        : base("The command was cancelled; it may take effect all the same.", cancelled, cancellation) =>
        RequestId = requestId;

    /// <summary>The request id of the command: with it the first decision can be asked for.</summary>
    public string RequestId { get; }
}
