using BankAccounts.QueryService.Grpc;
using BankAccounts.QueryService.History;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace BankAccounts.QueryService.Statements;

/// <summary>
/// Streams statements, a page of the history at a time: the next one is read when the caller has taken the last.
/// </summary>
public sealed class StatementCall(
    AccountHistories histories, Reads reads, IHostApplicationLifetime lifetime, IOptions<QueryOptions> options)
{
    private int streams;

    /// <summary>Streams a statement.</summary>
    /// <exception cref="RpcException">
    /// INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED, UNAVAILABLE or DEADLINE_EXCEEDED.
    /// </exception>
    public async Task RunAsync(
        GetStatementRequest request, IServerStreamWriter<GetStatementResponse> stream, ServerCallContext context)
    {
        var fields = new FieldChecks();
        var id = fields.AccountId("account_id", request.AccountId);
        var period = fields.Period(request.StartTime, request.EndTime);
        reads.Check(fields, request.MinPosition);
        fields.ThrowIfAny();
        var at = reads.At(id, request.MinPosition, request.AllowStale, context);
        try
        {
            if (Interlocked.Increment(ref streams) > options.Value.MaxStatements)
            {
                throw QueryErrors.TooManyStatements();
            }
            await RunAsync(request, await histories.OpenAsync(id, at), id, period, stream, context);
        }
        finally
        {
            Interlocked.Decrement(ref streams);
        }
    }

    private async Task RunAsync(
        GetStatementRequest request,
        AccountHistory history,
        AccountId id,
        Period period,
        IServerStreamWriter<GetStatementResponse> stream,
        ServerCallContext context)
    {
        var first = request.StartTime is null ? 1
            : await history.FirstAsync(entry => entry.TimeMs >= period.FromMs);
        var end = request.EndTime is null ? history.Entries + 1
            : await history.FirstAsync(entry => entry.TimeMs >= period.BeforeMs);
        var opening = first == 1 ? 0 : (await history.ReadAsync(first - 1, first - 1))[0].Decision.Balance;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            var header = HeaderOf(request, history, id, opening);
            await stream.WriteAsync(new GetStatementResponse { Header = header }, ending.Token);
            var sums = new StatementSums(opening);
            for (var next = first; next < end;)
            {
                ending.Token.ThrowIfCancellationRequested();
                var last = Math.Min(end, AccountHistory.PageStartOf(next) + RedisKeys.PageEntries) - 1;
                var lines = sums.LinesOf(id, await history.ReadAsync(next, last));
                if (lines.Lines.Count > 0)
                {
                    await stream.WriteAsync(new GetStatementResponse { Lines = lines }, ending.Token);
                }
                next = last + 1;
            }
            await stream.WriteAsync(new GetStatementResponse { Footer = sums.ToFooter() }, ending.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw QueryErrors.ShuttingDown();
        }
    }

    private static StatementHeader HeaderOf(
        GetStatementRequest request, AccountHistory history, AccountId id, long opening) => new()
        {
            AccountId = id.ToString(),
            HolderName = history.Account.HolderName.ToStringUtf8(),
            CurrencyCode = history.Account.CurrencyCode.ToStringUtf8(),
            OpeningBalance = opening,
            Position = Answers.PositionOf(id.Partition, history.Position),
            StartTime = request.StartTime,
            EndTime = request.EndTime,
        };
}
