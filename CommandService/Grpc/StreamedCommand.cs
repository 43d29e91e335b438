using BankAccounts.CommandService.Log;

namespace BankAccounts.CommandService.Grpc;

/// <summary>A command of a stream of batches.</summary>
public sealed class StreamedCommand(ExecuteCall call, ulong tag, in ReadCommand command, bool mayBeTraced)
    : PendingCommand(command.Account, command.Record, command.WaitsForDecision, call.Caller)
{
    /// <summary>The stream that it came with.</summary>
    public ExecuteCall Call { get; } = call;

    /// <summary>The caller's name for it.</summary>
    public ulong Tag { get; } = tag;

    /// <inheritdoc/>
    public override bool MayBeTraced => mayBeTraced;

    /// <inheritdoc/>
    public override TimeSpan MaxAge => Call.CommandPatience;

    /// <inheritdoc/>
    protected override void OnCompleted() => Call.OnCompleted(this);
}
