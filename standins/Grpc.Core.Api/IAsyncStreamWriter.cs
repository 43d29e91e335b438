namespace Grpc.Core;

/// <summary>Messages to send, in order. One write at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How messages are written from now on; null is the default.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>
    /// Sends a message. Done when there is room for the next, not when it arrived.
    /// </summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message; a cancelled write cancels the call.</summary>
    /// <exception cref="NotSupportedException">
    /// The token can be cancelled and the writer cannot do that.
    /// </exception>
    Task WriteAsync(T message, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled
            ? throw new NotSupportedException(
                "Cancellation of stream writes is not supported by this gRPC implementation.")
            : WriteAsync(message);
}

/// <summary>The caller's side of a stream of requests.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Ends the stream. Nothing can be written afterwards.</summary>
    Task CompleteAsync();
}

/// <summary>The server's side of a stream of responses; it ends when the handler returns.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
