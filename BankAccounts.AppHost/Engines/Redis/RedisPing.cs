using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>
/// Asks a Redis whether it is there: PING in its own protocol, without a Redis client.
/// </summary>
public static class RedisPing
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Healthy when the Redis on a port of 127.0.0.1 answers PONG. One that is still loading its
    /// file answers something else.
    /// </summary>
    public static async Task<HealthCheckResult> CheckAsync(
        int port, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), patience.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var answer = await reader.ReadLineAsync(patience.Token);
            return answer == "+PONG"
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"PING was answered with '{answer}'");
        }
        catch (Exception problem) when (problem is SocketException or IOException
                                        || (problem is OperationCanceledException
                                            && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Unhealthy($"nothing answers on 127.0.0.1:{port}");
        }
    }
}
