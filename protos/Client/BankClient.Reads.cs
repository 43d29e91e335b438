using System.Runtime.CompilerServices;
using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace BankAccounts.Client;

/// <summary>Reads: each reflects at least everything that this client has done and seen before.</summary>
public sealed partial class BankClient
{
    /// <summary>Reads an account, as it stands or as it stood.</summary>
    /// <exception cref="BankException">There is none, or the bank could not be asked.</exception>
    public Task<GetAccountResponse> GetAccountAsync(
        GetAccountRequest request, CancellationToken cancellation = default) =>
        ReadAsync(request, Queries.GetAccountAsync, answer => [answer.Position], cancellation);

    /// <summary>Reads a page of the bank's accounts.</summary>
    /// <exception cref="BankException">The request is malformed, or the bank could not be asked.</exception>
    public Task<ListAccountsResponse> ListAccountsAsync(
        ListAccountsRequest request, CancellationToken cancellation = default) =>
        ReadAsync(request, Queries.ListAccountsAsync, answer => answer.Position, cancellation);

    /// <summary>Reads a page of an account's history, newest first.</summary>
    /// <exception cref="BankException">There is no such account, or the bank could not be asked.</exception>
    public Task<ListHistoryResponse> ListHistoryAsync(
        ListHistoryRequest request, CancellationToken cancellation = default) =>
        ReadAsync(request, Queries.ListHistoryAsync, answer => [answer.Position], cancellation);

    /// <summary>Reads a transfer.</summary>
    /// <exception cref="BankException">There is none, or the bank could not be asked.</exception>
    public Task<GetTransferResponse> GetTransferAsync(
        GetTransferRequest request, CancellationToken cancellation = default) =>
        ReadAsync(request, Queries.GetTransferAsync, answer => [answer.Position], cancellation);

    /// <summary>Reads what became of a command.</summary>
    /// <exception cref="BankException">It is not found, or the bank could not be asked.</exception>
    public Task<GetDecisionResponse> GetDecisionAsync(
        GetDecisionRequest request, CancellationToken cancellation = default) =>
        ReadAsync(request, Queries.GetDecisionAsync, answer => [answer.Position], cancellation);

    /// <summary>Reads a statement: its header, its lines, its footer.</summary>
    /// <exception cref="BankException">There is no such account, or the stream broke: ask for it again.</exception>
    public async IAsyncEnumerable<GetStatementResponse> GetStatementAsync(
        GetStatementRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var read = request.Clone();
        positions.Require(read);
        using var call = Queries.GetStatement(read, cancellationToken: cancellation);
        while (await TryMoveNextAsync(call.ResponseStream, cancellation) is { } moved)
        {
            if (moved.Failed is { } failed)
            {
                throw failed;
            }
            positions.Note(call.ResponseStream.Current.Header?.Position);
            yield return call.ResponseStream.Current;
        }
    }

    /// <summary>
    /// Watches an account until it is cancelled. A stream that breaks is resumed behind the last version, so each
    /// change comes exactly once; the account as it stands comes first, and again after each resumption.
    /// </summary>
    /// <exception cref="BankException">There is no such account, or the bank was away for too long.</exception>
    public async IAsyncEnumerable<WatchAccountResponse> WatchAccountAsync(
        WatchAccountRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var resumed = request.Clone();
        var brokeAt = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            BankException? broken = null;
            var read = resumed.Clone();
            positions.Require(read);
            using (var call = Queries.WatchAccount(read, cancellationToken: cancellation))
            {
                while (await TryMoveNextAsync(call.ResponseStream, cancellation) is { } moved)
                {
                    if (moved.Failed is { } failed)
                    {
                        broken = failed;
                        break;
                    }
                    var change = call.ResponseStream.Current;
                    (attempt, brokeAt) = (1, time.GetTimestamp());
                    if (change.Entry is not null || !resumed.HasFromVersion)
                    {
                        resumed.FromVersion = change.Account.Version;
                    }
                    positions.Note(change.Position);
                    yield return change;
                }
            }
            var pause = retry.PauseAfter(attempt, broken?.RetryAfter, Random.Shared.NextDouble());
            if (broken is { IsTransient: false } || (broken is not null && !HasTimeFor(pause, brokeAt)))
            {
                throw broken;
            }
            await Task.Delay(pause, time, cancellation);
        }
    }

    /// <summary>Null at the end of the stream.</summary>
    private static async Task<Moved?> TryMoveNextAsync<T>(IAsyncStreamReader<T> stream, CancellationToken cancellation)
    {
        try
        {
            return await stream.MoveNext(cancellation) ? new Moved(Failed: null) : null;
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (RpcException failed)
        {
            return new Moved(BankException.Of(failed));
        }
    }

    private async Task<TResponse> ReadAsync<TRequest, TResponse>(
        TRequest request,
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> call,
        Func<TResponse, IEnumerable<Position>> reflected,
        CancellationToken cancellation)
        where TRequest : class, IReadRequest, IDeepCloneable<TRequest>
        where TResponse : class
    {
        var read = request.Clone();
        positions.Require(read);
        var answer = await AskAsync(
            options => call(read, options), isFinal: _ => true, requestId: string.Empty, cancellation);
        foreach (var position in reflected(answer))
        {
            positions.Note(position);
        }
        return answer;
    }

    private sealed record Moved(BankException? Failed);
}
