using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace BankAccounts.Client;

public sealed partial class BankClient
{
    /// <summary>Reads an account: at least as it was after everything that this client has done and seen.</summary>
    /// <exception cref="BankException">There is none, or the bank could not be asked.</exception>
    public async Task<GetAccountResponse> GetAccountAsync(
        GetAccountRequest request, CancellationToken cancellation = default)
    {
        var answer = await ReadAsync(request, Queries.GetAccountAsync, cancellation);
        positions.Note(answer.Position);
        return answer;
    }

    /// <summary>Reads a transfer: at least as it was after everything that this client has done and seen.</summary>
    /// <exception cref="BankException">There is none, or the bank could not be asked.</exception>
    public async Task<GetTransferResponse> GetTransferAsync(
        GetTransferRequest request, CancellationToken cancellation = default)
    {
        var answer = await ReadAsync(request, Queries.GetTransferAsync, cancellation);
        positions.Note(answer.Position);
        return answer;
    }

    private Task<TResponse> ReadAsync<TRequest, TResponse>(
        TRequest request, Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> call, CancellationToken cancellation)
        where TRequest : class, IReadRequest, IDeepCloneable<TRequest>
    {
        var read = request.Clone();
        positions.Require(read);
        return AskAsync(options => call(read, options), isFinal: _ => true, requestId: string.Empty, cancellation);
    }
}
