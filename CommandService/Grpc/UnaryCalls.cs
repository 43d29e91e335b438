using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults.Grpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.CommandService.Grpc;

/// <summary>
/// One command as a call of its own, from the record to its decision, within the caller's deadline. A
/// deadline that passes after the append means unknown, never failed.
/// </summary>
public sealed class UnaryCalls(Appender appender)
{
    /// <summary>Appends a command and waits for what the caller wants to wait for.</summary>
    /// <param name="malformed">What is wrong with the request, if anything is.</param>
    /// <param name="command">The request as it was read.</param>
    /// <param name="context">The call.</param>
    /// <exception cref="RpcException">Everything but an accepted or stored command.</exception>
    public async Task<UnaryCommand> ExecuteAsync(Status? malformed, ReadCommand command, ServerCallContext context)
    {
        if (malformed is not null)
        {
            throw malformed.ToRpcException();
        }
        var patience = context.Patience();
        if (patience <= TimeSpan.Zero)
        {
            throw BankErrors.Create(Reasons.DeadlineTooShort);
        }
        var waiting = Append(command);
        try
        {
            await waiting.Completed.WaitAsync(patience, context.CancellationToken);
        }
        catch (TimeoutException)
        {
            // What is known by now is the answer.
        }
        finally
        {
            appender.Abandon(waiting);
        }
        await waiting.Completed;
        return CommandAnswers.ErrorOf(waiting) is { } error ? throw error.ToRpcException() : waiting;
    }

    private UnaryCommand Append(ReadCommand command)
    {
        var waiting = new UnaryCommand(command);
        try
        {
            return appender.TryAppend(command.Record, waiting)
                ? waiting
                : throw BankErrors.Create(Reasons.Overloaded);
        }
        catch (NotAppendedException away)
        {
            throw CommandAnswers.NotAppended(away).ToRpcException();
        }
    }
}
