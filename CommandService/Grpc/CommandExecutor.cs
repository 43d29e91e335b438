using System.Diagnostics;
using System.Globalization;
using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Kafka;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.CommandService.Grpc;

/// <summary>
/// One command from the record to its decision, within the caller's deadline. A deadline that passes
/// after the append means unknown, never failed.
/// </summary>
public sealed class CommandExecutor(Appender appender, LogTopicGuard kafka)
{
    private static readonly TimeSpan RetryAfterOverload = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfterOutage = TimeSpan.FromSeconds(1);

    /// <summary>Appends a command and waits for the decision.</summary>
    /// <exception cref="RpcException">Everything but an accepted command.</exception>
    public async Task<Decision> ExecuteAsync(ReadCommand command, ServerCallContext context)
    {
        var patience = PatienceOf(context);
        var waiting = Append(command);
        try
        {
            var outcome = await waiting.Outcome.WaitAsync(patience, context.CancellationToken);
            return outcome.Result switch
            {
                AppendResult.Decided when outcome.Decision!.Reason == Store.V1.Reason.Unspecified =>
                    Accepted(command.Account, outcome.Decision),
                AppendResult.Decided => throw Refusals.Of(command.Account, outcome.Decision!),
                AppendResult.NotAppended => throw KafkaAway(),
                AppendResult.Unknown => throw Unknown(command, waiting, "Kafka did not acknowledge the command"),
                _ => throw new UnreachableException(),
            };
        }
        catch (TimeoutException) when (waiting.Interim is { } interim)
        {
            return Accepted(command.Account, interim);
        }
        catch (TimeoutException)
        {
            throw Unknown(command, waiting, "The command was not decided before the deadline");
        }
        finally
        {
            appender.Abandon(waiting);
        }
    }

    private static TimeSpan PatienceOf(ServerCallContext context) =>
        context.Patience() is var patience && patience > TimeSpan.Zero
            ? patience
            : throw BankErrors.Create(
                StatusCode.DeadlineExceeded, "DEADLINE_TOO_SHORT",
                "The deadline leaves no time for a decision. Nothing was appended.");

    private PendingCommand Append(ReadCommand command)
    {
        if (!kafka.IsKafkaThere)
        {
            throw KafkaAway();
        }
        try
        {
            return appender.Append(command.Account, command.Record);
        }
        catch (OverloadedException overloaded)
        {
            throw BankErrors.Create(
                StatusCode.ResourceExhausted, "OVERLOADED", $"{overloaded.Message} Nothing was appended.",
                retryAfter: RetryAfterOverload);
        }
        catch (NotAppendedException away)
        {
            throw BankErrors.Create(
                StatusCode.Unavailable, "LOG_UNAVAILABLE", $"{away.Message} Nothing was appended.",
                retryAfter: RetryAfterOutage);
        }
    }

    private static Decision Accepted(AccountId account, Store.V1.StoredDecision decision) => new()
    {
        Outcome = decision.Pending ? Outcome.Pending : Outcome.Accepted,
        Balance = decision.Balance,
        Version = decision.Version,
        Position = new Position { Partition = account.Partition, Offset = decision.Offset },
    };

    private static RpcException KafkaAway() => BankErrors.Create(
        StatusCode.Unavailable, "LOG_UNAVAILABLE", "Kafka is away. Nothing was appended.",
        retryAfter: RetryAfterOutage);

    private static RpcException Unknown(ReadCommand command, PendingCommand waiting, string why)
    {
        var metadata = new Dictionary<string, string>
        {
            ["account_id"] = command.Account.ToString(),
            ["partition"] = waiting.Partition.ToString(CultureInfo.InvariantCulture),
        };
        if (waiting.Offset is { } offset)
        {
            metadata["offset"] = offset.ToString(CultureInfo.InvariantCulture);
        }
        if (!command.Record.RequestId.IsEmpty)
        {
            metadata["request_id"] = command.Record.RequestId.ToStringUtf8();
        }
        return BankErrors.Create(
            StatusCode.DeadlineExceeded, "OUTCOME_UNKNOWN",
            $"{why}. It may still take effect: ask again with the same request_id.", metadata);
    }
}
