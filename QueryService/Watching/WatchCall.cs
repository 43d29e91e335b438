using BankAccounts.QueryService.Commits;
using BankAccounts.QueryService.Grpc;
using BankAccounts.QueryService.History;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.QueryService.Watching;

/// <summary>
/// Streams an account's changes. A watcher keeps only its place in the history, and reads on from there when a
/// commit has woken it and its caller has taken what was sent before.
/// </summary>
public sealed class WatchCall(
    AccountHistories histories, HistoryReader reader, CommitFeed feed, Reads reads, IHostApplicationLifetime lifetime)
{
    /// <summary>Streams until the caller or this server ends it.</summary>
    /// <exception cref="RpcException">
    /// INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE, RESOURCE_EXHAUSTED, UNAVAILABLE or DEADLINE_EXCEEDED.
    /// </exception>
    public async Task RunAsync(
        WatchAccountRequest request, IServerStreamWriter<WatchAccountResponse> stream, ServerCallContext context)
    {
        var fields = new FieldChecks();
        var id = fields.AccountId("account_id", request.AccountId);
        if (request.FromVersion < 0)
        {
            fields.Add("from_version", "must be 0 or more.");
        }
        reads.Check(fields, request.MinPosition);
        fields.ThrowIfAny();
        var at = reads.At(id, request.MinPosition, allowStale: false, context);
        // Before the first look, so that no change falls between the two.
        using var watch = feed.TryWatch(id) ?? throw QueryErrors.TooManyWatchers();
        var history = await histories.OpenAsync(id, at);
        var version = request.HasFromVersion ? request.FromVersion : history.Account.Version;
        if (version > history.Account.Version)
        {
            throw QueryErrors.VersionNotReached(id, history.Account.Version);
        }
        var next = version == history.Account.Version ? history.Entries + 1
            : await history.FirstAsync(entry => entry.Decision.Version > version);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await stream.WriteAsync(
                new WatchAccountResponse
                {
                    Account = Answers.AccountOf(id, history.Account),
                    Position = Answers.PositionOf(id.Partition, history.Position),
                },
                ending.Token);
            var watcher = new AccountWatcher(reader, id, version, next, history.Position);
            while (true)
            {
                await watcher.FollowAsync(stream, ending.Token);
                await watch.ChangedAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw QueryErrors.ShuttingDown();
        }
    }
}
