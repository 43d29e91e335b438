using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using RequestCase = BankAccounts.V1.Command.RequestOneofCase;
using Status = Google.Rpc.Status;

namespace BankAccounts.CommandService.Grpc;

/// <summary>
/// A request that is well-formed: the record to append, for which account, and whether the caller waits for
/// the decision, or only for Kafka.
/// </summary>
public readonly record struct ReadCommand(AccountId Account, LogRecord Record, bool WaitsForDecision);

/// <summary>
/// From requests to records. Each method returns null for a request that is well-formed. One with malformed
/// fields is refused with all of them named (INVALID_ARGUMENT), one for an account whose partition does not
/// exist with NOT_FOUND; nothing is appended then.
/// </summary>
public sealed class CommandReader(IOptions<BankOptions> bank)
{
    private const string DefaultCurrencyCode = "USD";

    /// <summary>Reads one command of a batch.</summary>
    public Status? Read(Command command, out ReadCommand read)
    {
        switch (command.RequestCase)
        {
            case RequestCase.CreateAccount:
                return Read(command.CreateAccount, out read);
            case RequestCase.Deposit:
                return Read(command.Deposit, out read);
            case RequestCase.Withdraw:
                return Read(command.Withdraw, out read);
            case RequestCase.Transfer:
                return Read(command.Transfer, out read);
            case RequestCase.CloseAccount:
                return Read(command.CloseAccount, out read);
            case RequestCase.None:
                read = default;
                return BankErrors.Malformed(
                [
                    new("request", "must be one of create_account, deposit, withdraw, transfer and close_account."),
                ]);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Reads a request to open an account: its id is made here.</summary>
    public Status? Read(CreateAccountRequest request, out ReadCommand read)
    {
        read = default;
        var fields = new FieldChecks();
        var holderName = fields.Text("holder_name", request.HolderName, 1, Bounds.MaxHolderNameScalars);
        var currencyCode = fields.CurrencyCode(
            request.CurrencyCode.Length == 0 ? DefaultCurrencyCode : request.CurrencyCode);
        var requestId = fields.Text("request_id", request.RequestId, 0, Bounds.MaxRequestIdScalars);
        var waitsForDecision = WaitsForDecision(fields, request.WaitFor);
        if (fields.Error() is { } error)
        {
            return error;
        }
        var account = requestId.IsEmpty
            ? AccountId.NewRandom(bank.Value.PartitionCount)
            : AccountId.FromRequestId(request.RequestId, bank.Value.PartitionCount);
        var create = new CreateEvent
        {
            AccountId = Bytes(account),
            HolderName = holderName,
            CurrencyCode = currencyCode,
        };
        read = new ReadCommand(account, new LogRecord { RequestId = requestId, Create = create }, waitsForDecision);
        return null;
    }

    /// <summary>Reads a request to add money.</summary>
    public Status? Read(DepositRequest request, out ReadCommand read)
    {
        var fields = new FieldChecks();
        var deposit = new DepositEvent
        {
            AccountId = Bytes(fields.AccountId("account_id", request.AccountId), out var account),
            Amount = fields.Amount("amount", request.Amount),
            CurrencyCode = OptionalCurrencyCode(fields, request.CurrencyCode),
            Description = fields.Text("description", request.Description, 0, Bounds.MaxDescriptionScalars),
        };
        var record = new LogRecord { Deposit = deposit };
        return Read(fields, account, request.RequestId, request.WaitFor, record, out read);
    }

    /// <summary>Reads a request to take money out.</summary>
    public Status? Read(WithdrawRequest request, out ReadCommand read)
    {
        var fields = new FieldChecks();
        var withdraw = new WithdrawEvent
        {
            AccountId = Bytes(fields.AccountId("account_id", request.AccountId), out var account),
            Amount = fields.Amount("amount", request.Amount),
            CurrencyCode = OptionalCurrencyCode(fields, request.CurrencyCode),
            Description = fields.Text("description", request.Description, 0, Bounds.MaxDescriptionScalars),
        };
        var record = new LogRecord { Withdraw = withdraw };
        return Read(fields, account, request.RequestId, request.WaitFor, record, out read);
    }

    /// <summary>Reads a request to move money.</summary>
    public Status? Read(TransferRequest request, out ReadCommand read)
    {
        var fields = new FieldChecks();
        var transfer = new TransferEvent
        {
            FromAccountId = Bytes(fields.AccountId("from_account_id", request.FromAccountId), out var account),
            ToAccountId = Bytes(fields.AccountId("to_account_id", request.ToAccountId), out _),
            Amount = fields.Amount("amount", request.Amount),
            CurrencyCode = OptionalCurrencyCode(fields, request.CurrencyCode),
            Description = fields.Text("description", request.Description, 0, Bounds.MaxDescriptionScalars),
            PartitionCount = bank.Value.PartitionCount,
        };
        var record = new LogRecord { Transfer = transfer };
        return Read(fields, account, request.RequestId, request.WaitFor, record, out read);
    }

    /// <summary>Reads a request to close an account.</summary>
    public Status? Read(CloseAccountRequest request, out ReadCommand read)
    {
        var fields = new FieldChecks();
        var close = new CloseEvent
        {
            AccountId = Bytes(fields.AccountId("account_id", request.AccountId), out var account),
        };
        var record = new LogRecord { Close = close };
        return Read(fields, account, request.RequestId, request.WaitFor, record, out read);
    }

    /// <summary>What all requests for an account that exists already have in common.</summary>
    private Status? Read(
        FieldChecks fields,
        AccountId account,
        string requestId,
        WaitFor waitFor,
        LogRecord record,
        out ReadCommand read)
    {
        record.RequestId = fields.Text("request_id", requestId, 0, Bounds.MaxRequestIdScalars);
        read = new ReadCommand(account, record, WaitsForDecision(fields, waitFor));
        return fields.Error()
            ?? (account.Partition < bank.Value.PartitionCount ? null : CommandAnswers.NoSuchPartition(account));
    }

    private static ByteString OptionalCurrencyCode(FieldChecks fields, string code) =>
        code.Length == 0 ? ByteString.Empty : fields.CurrencyCode(code);

    private static bool WaitsForDecision(FieldChecks fields, WaitFor waitFor)
    {
        if (waitFor is not (WaitFor.Unspecified or WaitFor.Decided or WaitFor.Stored))
        {
            fields.Add("wait_for", "must be WAIT_FOR_DECIDED or WAIT_FOR_STORED, or not be set.");
        }
        return waitFor != WaitFor.Stored;
    }

    /// <summary>Nobody else has these bytes, so they need not be copied once more.</summary>
    private static ByteString Bytes(AccountId account) => UnsafeByteOperations.UnsafeWrap(account.ToByteArray());

    private static ByteString Bytes(AccountId account, out AccountId same) => Bytes(same = account);
}
