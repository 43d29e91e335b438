using System.Diagnostics;
using System.Globalization;
using BankAccounts.CommandService.Log;
using BankAccounts.Log.V1;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Status = Google.Rpc.Status;

namespace BankAccounts.CommandService.Grpc;

/// <summary>From what became of a command to what its caller is told: the one place that knows both.</summary>
public static class CommandAnswers
{
    /// <summary>The error that a command ended with; null if it was accepted, is pending, or is stored.</summary>
    public static Status? ErrorOf(PendingCommand command) => command.Outcome switch
    {
        { Result: AppendResult.Decided, Decision: { Reason: not Reason.Unspecified } decision } =>
            Refused(command.Account, decision),
        { Result: AppendResult.Decided or AppendResult.Stored } => null,
        { Result: AppendResult.NotAppended } =>
            BankErrors.StatusOf(Reasons.LogUnavailable, "Kafka did not take the command. Nothing was appended."),
        { Result: AppendResult.Unknown } => command.Interim is null ? Unknown(command) : null,
        _ => throw new UnreachableException(),
    };

    /// <summary>The answer to a command that has no error.</summary>
    public static CreateAccountResponse Created(PendingCommand command) =>
        new() { Decision = DecisionOn(command), AccountId = command.Account.ToString() };

    /// <inheritdoc cref="Created"/>
    public static DepositResponse Deposited(PendingCommand command) => new() { Decision = DecisionOn(command) };

    /// <inheritdoc cref="Created"/>
    public static WithdrawResponse Withdrawn(PendingCommand command) => new() { Decision = DecisionOn(command) };

    /// <inheritdoc cref="Created"/>
    public static TransferResponse Transferred(PendingCommand command)
    {
        var decision = DecisionOn(command);
        return new TransferResponse { Decision = decision, TransferId = IdOf(decision.Position) };
    }

    /// <inheritdoc cref="Created"/>
    public static CloseAccountResponse Closed(PendingCommand command) => new() { Decision = DecisionOn(command) };

    /// <summary>What became of a command of a batch.</summary>
    public static CommandResult ResultOf(ulong tag, PendingCommand command)
    {
        var result = new CommandResult { Tag = tag };
        if (ErrorOf(command) is { } error)
        {
            result.Error = error;
            return result;
        }
        switch (command.Kind)
        {
            case LogRecord.BodyOneofCase.Create:
                result.CreateAccount = Created(command);
                break;
            case LogRecord.BodyOneofCase.Deposit:
                result.Deposit = Deposited(command);
                break;
            case LogRecord.BodyOneofCase.Withdraw:
                result.Withdraw = Withdrawn(command);
                break;
            case LogRecord.BodyOneofCase.Transfer:
                result.Transfer = Transferred(command);
                break;
            case LogRecord.BodyOneofCase.Close:
                result.CloseAccount = Closed(command);
                break;
            default:
                throw new UnreachableException();
        }
        return result;
    }

    /// <summary>Kafka or Redis was away before the append.</summary>
    public static Status NotAppended(NotAppendedException away) =>
        BankErrors.StatusOf(Reasons.LogUnavailable, $"{away.Message} Nothing was appended.");

    /// <summary>An account that cannot exist, because its partition does not.</summary>
    public static Status NoSuchPartition(AccountId account) => BankErrors.StatusOf(
        Reasons.AccountNotFound, metadata: [new("account_id", account.ToString())]);

    private static Decision DecisionOn(PendingCommand command)
    {
        if (command.Outcome.Result == AppendResult.Stored)
        {
            return new Decision { Outcome = Outcome.Stored, Position = PlaceOf(command, command.Offset!.Value) };
        }
        var decision = command.Outcome.Decision ?? command.Interim!;
        return new Decision
        {
            Outcome = decision.Pending ? Outcome.Pending : Outcome.Accepted,
            Balance = decision.Balance,
            Version = decision.Version,
            Position = PlaceOf(command, decision.Offset),
        };
    }

    private static Position PlaceOf(PendingCommand command, long offset) =>
        new() { Partition = command.Partition, Offset = offset };

    private static string IdOf(Position position) => new TransferId(position.Partition, position.Offset).ToString();

    private static Status Refused(AccountId account, StoredDecision decision) => BankErrors.StatusOf(
        Reasons.Of(decision.Reason),
        metadata:
        [
            new("account_id", account.ToString()),
            new("balance", Text(decision.Balance)),
            new("version", Text(decision.Version)),
            new("partition", Text(account.Partition)),
            new("offset", Text(decision.Offset)),
        ]);

    private static Status Unknown(PendingCommand command)
    {
        var metadata = new Dictionary<string, string>
        {
            ["account_id"] = command.Account.ToString(),
            ["partition"] = Text(command.Partition),
        };
        if (!command.RequestId.IsEmpty)
        {
            metadata["request_id"] = command.RequestId.ToStringUtf8();
        }
        if (command.Offset is { } offset)
        {
            metadata["offset"] = Text(offset);
            if (command.Kind == LogRecord.BodyOneofCase.Transfer)
            {
                metadata["transfer_id"] = IdOf(PlaceOf(command, offset));
            }
        }
        var soFar = command.Offset is null
            ? "Kafka has not acknowledged the command"
            : "Kafka has stored the command, and the ledger has not decided it yet";
        var ask = command.RequestId.IsEmpty
            ? "it had no request_id, so asking again would be another command"
            : "ask again with the same request_id";
        return BankErrors.StatusOf(
            Reasons.OutcomeUnknown, $"{soFar}. It may still take effect: {ask}.", metadata);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
