using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>
/// Asks a Redis in its own protocol (RESP, commands in a line), so that the AppHost does without a Redis client.
/// </summary>
public static class RedisWords
{
    private const int MostAnswerBytes = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The answer of the Redis on a port of 127.0.0.1: a status or an error in a line with its sign (<c>+PONG</c>,
    /// <c>-ERR …</c>), a text without anything around it.
    /// </summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">The connection broke, or the answer is no such answer.</exception>
    /// <exception cref="TimeoutException">There is no answer within five seconds.</exception>
    public static async Task<string> AskAsync(
        int port, string command, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"), patience.Token);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await ReadAsync(reader, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"'{command}' was not answered within {Patience}.");
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var line = await reader.ReadLineAsync(cancellationToken) ?? "";
        if (line is not ['$', .. var length])
        {
            return line;
        }

        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size > MostAnswerBytes)
        {
            throw new IOException($"A text of '{length}' bytes is none of Redis'.");
        }

        // One byte is one character here.
        var text = new char[size];
        return await reader.ReadBlockAsync(text, cancellationToken) == size
            ? new string(text)
            : throw new IOException("The answer ends early.");
    }
}
