using BankAccounts.CommandService.Log;

namespace BankAccounts.CommandService.Grpc;

/// <summary>A command that is a call of its own.</summary>
public sealed class UnaryCommand(in ReadCommand command, string caller)
    : PendingCommand(command.Account, command.Record, command.WaitsForDecision, caller)
{
    // Its call goes on where it is told, which costs some microseconds; waking another thread would cost more.
    private readonly TaskCompletionSource completed = new();

    /// <summary>Completes when the outcome is there.</summary>
    public Task Completed => completed.Task;

    /// <summary>The call has its own timer.</summary>
    public override TimeSpan MaxAge => TimeSpan.MaxValue;

    /// <inheritdoc/>
    protected override void OnCompleted() => completed.SetResult();
}
