using BankAccounts.ServiceDefaults.Grpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.GrpcHosting;

/// <summary>
/// A caller that leaves what is streamed to it untaken is cut off after <see cref="GrpcLimits.TakeWithin" />, and
/// what its call holds is free for others. Its stream is reset with CANCEL: a status would wait behind all that it
/// does not take.
/// </summary>
internal sealed class TakenInTime(IOptions<GrpcLimits> limits) : Interceptor
{
    /// <summary>RFC 9113, section 7: the stream is no longer needed.</summary>
    private const int Cancel = 0x8;

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(request, Bounded(responseStream, context), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(requestStream, Bounded(responseStream, context), context);

    private BoundedWriter<T> Bounded<T>(IServerStreamWriter<T> responses, ServerCallContext context) =>
        new(responses, context.GetHttpContext(), limits.Value.TakeWithin);

    private sealed class BoundedWriter<T>(IServerStreamWriter<T> responses, HttpContext call, TimeSpan takeWithin)
        : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions
        {
            get => responses.WriteOptions;
            set => responses.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            var writing = responses.WriteAsync(message, cancellationToken);
            try
            {
                await writing.WaitAsync(takeWithin, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                call.Features.GetRequiredFeature<IHttpResetFeature>().Reset(Cancel);
                await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw BankErrors.Create(Reasons.CallerTooSlow);
            }
        }
    }
}
