namespace Grpc.Core;

/// <summary>Messages as they come. One read at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last MoveNext brought.</summary>
    T Current { get; }

    /// <summary>Waits for a message. False: the stream ended without an error.</summary>
    /// <exception cref="RpcException">On the caller's side: the call failed.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Reading without a token.</summary>
public static class AsyncStreamReaderExtensions
{
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return streamReader.MoveNext(CancellationToken.None);
    }
}
