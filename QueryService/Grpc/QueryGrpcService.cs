using BankAccounts.QueryService.History;
using BankAccounts.QueryService.Redis;
using BankAccounts.QueryService.Statements;
using BankAccounts.QueryService.Watching;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;
using AsOf = BankAccounts.V1.GetAccountRequest.AsOfOneofCase;

namespace BankAccounts.QueryService.Grpc;

/// <summary>The gRPC face of the service.</summary>
public sealed class QueryGrpcService(
    PartitionReader partitions,
    Reads reads,
    AccountHistories histories,
    AccountList accounts,
    HistoryList historyList,
    StatementCall statements,
    WatchCall watches,
    DecisionSearch decisions)
    : V1.QueryService.QueryServiceBase
{
    /// <inheritdoc/>
    public override async Task<GetAccountResponse> GetAccount(
        GetAccountRequest request, ServerCallContext context)
    {
        var fields = new FieldChecks();
        var id = fields.AccountId("account_id", request.AccountId);
        var afterMs = request.AsOfCase == AsOf.AsOfTime ? fields.FirstMsAfter("as_of_time", request.AsOfTime) : 0;
        if (request is { AsOfCase: AsOf.AsOfVersion, AsOfVersion: < 1 })
        {
            fields.Add("as_of_version", "must be 1 or more.");
        }
        reads.Check(fields, request.MinPosition);
        fields.ThrowIfAny();
        var at = reads.At(id, request.MinPosition, request.AllowStale, context);
        if (request.AsOfCase != AsOf.None)
        {
            var history = await histories.OpenAsync(id, at);
            return new GetAccountResponse
            {
                Account = request.AsOfCase == AsOf.AsOfTime
                    ? await AtTimeAsync(id, history, afterMs)
                    : await AtVersionAsync(id, history, request.AsOfVersion),
                Position = Answers.PositionOf(id.Partition, history.Position),
            };
        }
        var reading = await at.ReadAsync(cancellation => partitions.ReadAsync(id, cancellation));
        return new GetAccountResponse
        {
            Account = Answers.AccountOf(id, reading.Value ?? throw QueryErrors.AccountNotFound(id)),
            Position = Answers.PositionOf(id.Partition, reading.Position),
        };
    }

    /// <inheritdoc/>
    public override Task<ListAccountsResponse> ListAccounts(
        ListAccountsRequest request, ServerCallContext context) => accounts.ReadAsync(request, context);

    /// <inheritdoc/>
    public override Task<ListHistoryResponse> ListHistory(
        ListHistoryRequest request, ServerCallContext context) => historyList.ReadAsync(request, context);

    /// <inheritdoc/>
    public override Task GetStatement(
        GetStatementRequest request,
        IServerStreamWriter<GetStatementResponse> responseStream,
        ServerCallContext context) => statements.RunAsync(request, responseStream, context);

    /// <inheritdoc/>
    public override Task WatchAccount(
        WatchAccountRequest request,
        IServerStreamWriter<WatchAccountResponse> responseStream,
        ServerCallContext context) => watches.RunAsync(request, responseStream, context);

    /// <inheritdoc/>
    public override Task<GetDecisionResponse> GetDecision(
        GetDecisionRequest request, ServerCallContext context) => decisions.FindAsync(request, context);

    /// <inheritdoc/>
    public override async Task<GetTransferResponse> GetTransfer(
        GetTransferRequest request, ServerCallContext context)
    {
        var fields = new FieldChecks();
        if (!TransferId.TryParse(request.TransferId, out var id))
        {
            fields.Add("transfer_id", "must be a transfer's id as CommandService.Transfer gives it.");
        }
        reads.Check(fields, request.MinPosition);
        fields.ThrowIfAny();
        if (id.Partition >= reads.PartitionCount)
        {
            throw QueryErrors.TransferNotFound(id);
        }
        var at = reads.At(id.Partition, request.MinPosition, request.AllowStale, context);
        var reading = await at.ReadAsync(cancellation => partitions.ReadAsync(id, cancellation));
        return new GetTransferResponse
        {
            Transfer = Answers.TransferOf(id, reading.Value ?? throw QueryErrors.TransferNotFound(id)),
            Position = Answers.PositionOf(id.Partition, reading.Position),
        };
    }

    private static async Task<Account> AtTimeAsync(AccountId id, AccountHistory history, long afterMs)
    {
        var later = await history.FirstAsync(entry => entry.TimeMs >= afterMs);
        return later == 1 ? throw QueryErrors.NotOpenedYet(id, history.Account.OpenedAtMs)
            : Answers.AccountOf(id, history.Account, (await history.ReadAsync(later - 1, later - 1))[0]);
    }

    private static async Task<Account> AtVersionAsync(AccountId id, AccountHistory history, long version)
    {
        if (version > history.Account.Version)
        {
            throw QueryErrors.VersionNotReached(id, history.Account.Version);
        }
        var number = await history.FirstAsync(entry => entry.Decision.Version >= version);
        return Answers.AccountOf(id, history.Account, (await history.ReadAsync(number, number))[0]);
    }
}
