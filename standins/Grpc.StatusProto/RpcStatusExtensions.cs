namespace Grpc.Core;

/// <summary>google.rpc.Status into the end of a call.</summary>
public static class RpcStatusExtensions
{
    /// <summary>
    /// An exception with the code and message of the status, and the status in the trailers. A code
    /// that gRPC does not have becomes <see cref="StatusCode.Unknown"/>.
    /// </summary>
    public static RpcException ToRpcException(this Google.Rpc.Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var code = (StatusCode)status.Code;
        return status.ToRpcException(
            Enum.IsDefined(code) ? code : StatusCode.Unknown, status.Message);
    }

    /// <summary>
    /// An exception with another code and message than the status in its trailers.
    /// </summary>
    public static RpcException ToRpcException(
        this Google.Rpc.Status status, StatusCode statusCode, string message)
    {
        ArgumentNullException.ThrowIfNull(status);
        var trailers = new Metadata();
        trailers.SetRpcStatus(status);
        return new(new Status(statusCode, message), trailers);
    }
}
