using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace BankAccounts.QueryService.Grpc;

/// <summary>From what Redis holds to what callers are told.</summary>
public static class Answers
{
    /// <summary>The answer about an account.</summary>
    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public static GetAccountResponse Of(AccountId id, Reading<StoredAccount> reading)
    {
        var stored = reading.Value ?? throw AccountNotFound(id);
        return new GetAccountResponse
        {
            Account = new Account
            {
                AccountId = id.ToString(),
                HolderName = stored.HolderName.ToStringUtf8(),
                CurrencyCode = stored.CurrencyCode.ToStringUtf8(),
                Balance = stored.Balance,
                State = stored.Closed ? AccountState.Closed : AccountState.Open,
                CreateTime = TimeOf(stored.OpenedAtMs),
                Version = stored.Version,
            },
            Position = PositionOf(id.Partition, reading.Position),
        };
    }

    /// <summary>The answer about a transfer.</summary>
    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public static GetTransferResponse Of(TransferId id, Reading<StoredTransfer> reading)
    {
        var stored = reading.Value ?? throw TransferNotFound(id);
        return new GetTransferResponse
        {
            Transfer = new Transfer
            {
                TransferId = id.ToString(),
                FromAccountId = TextOf(stored.FromAccountId),
                ToAccountId = TextOf(stored.ToAccountId),
                Amount = stored.Amount,
                CurrencyCode = stored.CurrencyCode.ToStringUtf8(),
                Description = stored.Description.ToStringUtf8(),
                State = stored.Decision.Pending ? TransferState.Pending
                    : stored.Decision.Reason == Reason.Unspecified ? TransferState.Settled
                    : TransferState.Refunded,
                Reason = stored.Decision.Reason == Reason.Unspecified
                    ? string.Empty
                    : Reasons.Of(stored.Decision.Reason).Name,
                CreateTime = TimeOf(stored.RecordedAtMs),
            },
            Position = PositionOf(id.Partition, reading.Position),
        };
    }

    /// <summary>There is no such account.</summary>
    public static RpcException AccountNotFound(AccountId id) => BankErrors.Create(
        Reasons.AccountNotFound, metadata: [new("account_id", id.ToString())]);

    /// <summary>There is no such transfer.</summary>
    public static RpcException TransferNotFound(TransferId id) => BankErrors.Create(
        Reasons.TransferNotFound, metadata: [new("transfer_id", id.ToString())]);

    private static Position PositionOf(int partition, long next) =>
        new() { Partition = partition, Offset = next - 1 };

    private static Timestamp TimeOf(long unixMs) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(unixMs));

    private static string TextOf(ByteString id) =>
        AccountId.TryRead(id.Span, out var read)
            ? read.ToString()
            : throw new InvalidDataException("A stored transfer has a malformed account id.");
}
