using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;

namespace BankAccounts.ServiceDefaults.GrpcHosting;

/// <summary>
/// Marks a call whose request was read: from then on a fault is the service's own. Whoever streams requests is
/// read from as long as the call lasts, and never marked.
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
}
