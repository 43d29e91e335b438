using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults.Grpc;

namespace BankAccounts.CommandService.Grpc;

/// <summary>A command of a stream of batches.</summary>
public sealed class StreamedCommand(ExecuteCall call, ulong tag, in ReadCommand command)
    : PendingCommand(command.Account, command.Record, command.WaitsForDecision)
{
    /// <summary>The stream that it came with.</summary>
    public ExecuteCall Call { get; } = call;

    /// <summary>The caller's name for it.</summary>
    public ulong Tag { get; } = tag;

    /// <summary>As long as a call of its own, without a deadline, would wait.</summary>
    public override TimeSpan MaxAge => CallDeadline.Default;

    /// <inheritdoc/>
    protected override void OnCompleted() => Call.OnCompleted(this);
}
