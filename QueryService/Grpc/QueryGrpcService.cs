using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace BankAccounts.QueryService.Grpc;

/// <summary>The gRPC face of the service.</summary>
public sealed class QueryGrpcService(PartitionReader partitions, IOptions<BankOptions> bank)
    : V1.QueryService.QueryServiceBase
{
    /// <inheritdoc/>
    public override async Task<GetAccountResponse> GetAccount(
        GetAccountRequest request, ServerCallContext context)
    {
        var fields = new FieldChecks();
        var id = fields.AccountId("account_id", request.AccountId);
        ReadAtPosition.Check(fields, request.MinPosition);
        fields.ThrowIfAny();
        if (id.Partition >= bank.Value.PartitionCount)
        {
            throw Answers.AccountNotFound(id);
        }
        var read = new ReadAtPosition(id.Partition, request.MinPosition, request.AllowStale);
        var reading = await read.ReadAsync(cancellation => partitions.ReadAsync(id, cancellation), context);
        return Answers.Of(id, reading);
    }

    /// <inheritdoc/>
    public override async Task<GetTransferResponse> GetTransfer(
        GetTransferRequest request, ServerCallContext context)
    {
        var fields = new FieldChecks();
        if (!TransferId.TryParse(request.TransferId, out var id))
        {
            fields.Add("transfer_id", "must be a transfer's id as CommandService.Transfer gives it.");
        }
        ReadAtPosition.Check(fields, request.MinPosition);
        fields.ThrowIfAny();
        if (id.Partition >= bank.Value.PartitionCount)
        {
            throw Answers.TransferNotFound(id);
        }
        var read = new ReadAtPosition(id.Partition, request.MinPosition, request.AllowStale);
        var reading = await read.ReadAsync(cancellation => partitions.ReadAsync(id, cancellation), context);
        return Answers.Of(id, reading);
    }
}
