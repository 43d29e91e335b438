namespace Grpc.Core.Interceptors;

/// <summary>What an outgoing call is, besides its messages.</summary>
public struct ClientInterceptorContext<TRequest, TResponse>(
    Method<TRequest, TResponse> method, string? host, CallOptions options)
    where TRequest : class
    where TResponse : class
{
    public Method<TRequest, TResponse> Method { get; } = method;

    /// <summary>The authority if the caller overrides it.</summary>
    public string? Host { get; } = host;

    public CallOptions Options { get; } = options;
}
