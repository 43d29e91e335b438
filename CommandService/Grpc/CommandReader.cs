using BankAccounts.Log.V1;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace BankAccounts.CommandService.Grpc;

/// <summary>A request that is well-formed: the record to append, and for which account.</summary>
public readonly record struct ReadCommand(AccountId Account, LogRecord Record);

/// <summary>
/// From requests to records. A request with any malformed field is refused with all of them named, and
/// nothing is appended.
/// </summary>
public sealed class CommandReader(IOptions<BankOptions> bank)
{
    private const string DefaultCurrencyCode = "USD";

    /// <summary>Reads a request to open an account: its id is made here.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT.</exception>
    public ReadCommand Read(CreateAccountRequest request)
    {
        var fields = new FieldChecks();
        var holderName = fields.Text("holder_name", request.HolderName, 1, Bounds.MaxHolderNameScalars);
        var currencyCode = fields.CurrencyCode(
            request.CurrencyCode.Length == 0 ? DefaultCurrencyCode : request.CurrencyCode);
        var requestId = fields.Text("request_id", request.RequestId, 0, Bounds.MaxRequestIdScalars);
        fields.ThrowIfAny();
        var account = requestId.IsEmpty
            ? AccountId.NewRandom(bank.Value.PartitionCount)
            : AccountId.FromRequestId(request.RequestId, bank.Value.PartitionCount);
        return new ReadCommand(account, new LogRecord
        {
            RequestId = requestId,
            Create = new CreateEvent
            {
                AccountId = ByteString.CopyFrom(account.ToByteArray()),
                HolderName = holderName,
                CurrencyCode = currencyCode,
            },
        });
    }

    /// <summary>Reads a request to add money.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or NOT_FOUND for a partition that is not there.</exception>
    public ReadCommand Read(DepositRequest request)
    {
        var movement = ReadMovement(
            request.AccountId, request.Amount, request.CurrencyCode, request.Description, request.RequestId);
        return new ReadCommand(movement.Account, new LogRecord
        {
            RequestId = movement.RequestId,
            Deposit = new DepositEvent
            {
                AccountId = ByteString.CopyFrom(movement.Account.ToByteArray()),
                Amount = request.Amount,
                CurrencyCode = movement.CurrencyCode,
                Description = movement.Description,
            },
        });
    }

    /// <summary>Reads a request to take money out.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or NOT_FOUND for a partition that is not there.</exception>
    public ReadCommand Read(WithdrawRequest request)
    {
        var movement = ReadMovement(
            request.AccountId, request.Amount, request.CurrencyCode, request.Description, request.RequestId);
        return new ReadCommand(movement.Account, new LogRecord
        {
            RequestId = movement.RequestId,
            Withdraw = new WithdrawEvent
            {
                AccountId = ByteString.CopyFrom(movement.Account.ToByteArray()),
                Amount = request.Amount,
                CurrencyCode = movement.CurrencyCode,
                Description = movement.Description,
            },
        });
    }

    /// <summary>Reads a request to move money.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or NOT_FOUND for a partition that is not there.</exception>
    public ReadCommand Read(TransferRequest request)
    {
        var fields = new FieldChecks();
        var to = fields.AccountId("to_account_id", request.ToAccountId);
        var movement = ReadMovement(
            request.FromAccountId, request.Amount, request.CurrencyCode, request.Description,
            request.RequestId, fields, "from_account_id");
        return new ReadCommand(movement.Account, new LogRecord
        {
            RequestId = movement.RequestId,
            Transfer = new TransferEvent
            {
                FromAccountId = ByteString.CopyFrom(movement.Account.ToByteArray()),
                ToAccountId = ByteString.CopyFrom(to.ToByteArray()),
                Amount = request.Amount,
                CurrencyCode = movement.CurrencyCode,
                Description = movement.Description,
                PartitionCount = bank.Value.PartitionCount,
            },
        });
    }

    /// <summary>Reads a request to close an account.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or NOT_FOUND for a partition that is not there.</exception>
    public ReadCommand Read(CloseAccountRequest request)
    {
        var fields = new FieldChecks();
        var account = fields.AccountId("account_id", request.AccountId);
        var requestId = fields.Text("request_id", request.RequestId, 0, Bounds.MaxRequestIdScalars);
        fields.ThrowIfAny();
        RequirePartition(account);
        return new ReadCommand(account, new LogRecord
        {
            RequestId = requestId,
            Close = new CloseEvent { AccountId = ByteString.CopyFrom(account.ToByteArray()) },
        });
    }

    private Movement ReadMovement(
        string accountId,
        long amount,
        string currencyCode,
        string description,
        string requestId,
        FieldChecks? begun = null,
        string accountField = "account_id")
    {
        var fields = begun ?? new FieldChecks();
        var account = fields.AccountId(accountField, accountId);
        fields.Amount("amount", amount);
        var read = new Movement(
            account,
            currencyCode.Length == 0 ? ByteString.Empty : fields.CurrencyCode(currencyCode),
            fields.Text("description", description, 0, Bounds.MaxDescriptionScalars),
            fields.Text("request_id", requestId, 0, Bounds.MaxRequestIdScalars));
        fields.ThrowIfAny();
        RequirePartition(account);
        return read;
    }

    private void RequirePartition(AccountId account)
    {
        if (account.Partition >= bank.Value.PartitionCount)
        {
            throw Refusals.AccountNotFound(account);
        }
    }

    private readonly record struct Movement(
        AccountId Account, ByteString CurrencyCode, ByteString Description, ByteString RequestId);
}
