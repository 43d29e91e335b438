using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;

namespace BankAccounts.ServiceDefaults.GrpcHosting;

/// <summary>
/// Marks a call whose request was read: from then on a fault is the service's own. Whoever streams requests loses
/// the mark with the first one that cannot be read.
/// </summary>
internal sealed class RequestWasRead : Interceptor
{
    private static readonly RequestWasRead Mark = new();

    /// <summary>Whether a call is marked.</summary>
    public static bool IsTrueOf(HttpContext call) => call.Features.Get<RequestWasRead>() is not null;

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        context.GetHttpContext().Features.Set(Mark);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        context.GetHttpContext().Features.Set(Mark);
        return continuation(request, responseStream, context);
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var call = context.GetHttpContext();
        call.Features.Set(Mark);
        return continuation(new MarkedReader<TRequest>(requestStream, call), responseStream, context);
    }

    private sealed class MarkedReader<T>(IAsyncStreamReader<T> requests, HttpContext call) : IAsyncStreamReader<T>
    {
        public T Current => requests.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            try
            {
                return await requests.MoveNext(cancellationToken);
            }
            catch
            {
                call.Features.Set<RequestWasRead>(null);
                throw;
            }
        }
    }
}
