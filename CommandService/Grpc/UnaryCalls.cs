using BankAccounts.CommandService.Log;
using BankAccounts.Log.V1;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Overload;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.CommandService.Grpc;

/// <summary>
/// One command as a call of its own, from the record to its decision, within the caller's deadline. A
/// deadline that passes after the append means unknown, never failed.
/// </summary>
public sealed class UnaryCalls(Appender appender, CommandRoom room)
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
        var caller = context.GetHttpContext().CallerName();
        if (!room.TryTake(caller))
        {
            throw BankErrors.Create(Reasons.Overloaded);
        }
        try
        {
            return await ExecuteAsync(new UnaryCommand(command, caller), command.Record, patience, context);
        }
        finally
        {
            room.GiveBack(caller);
        }
    }

    private async Task<UnaryCommand> ExecuteAsync(
        UnaryCommand waiting, LogRecord record, TimeSpan patience, ServerCallContext context)
    {
        Append(record, waiting);
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

    private void Append(LogRecord record, UnaryCommand waiting)
    {
        try
        {
            if (!appender.TryAppend(record, waiting))
            {
                throw BankErrors.Create(Reasons.Overloaded);
            }
        }
        catch (NotAppendedException away)
        {
            throw CommandAnswers.NotAppended(away).ToRpcException();
        }
    }
}
