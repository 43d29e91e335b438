using Google.Protobuf;

namespace Grpc.Core;

/// <summary>google.rpc.Status out of a failed call.</summary>
public static class RpcExceptionExtensions
{
    /// <summary>The status in the trailers, or null without one.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no status.</exception>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException ex)
    {
        ArgumentNullException.ThrowIfNull(ex);
        return ex.Trailers.GetRpcStatus();
    }
}
