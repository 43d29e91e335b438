using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>Asks a Redis whether it is there.</summary>
public static class RedisPing
{
    /// <summary>
    /// Healthy when the Redis on a port of 127.0.0.1 answers PONG. One that is still loading its
    /// file answers something else.
    /// </summary>
    public static async Task<HealthCheckResult> CheckAsync(
        int port, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await RedisWords.AskAsync(port, "PING", cancellationToken);
            return answer == "+PONG"
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"PING was answered with '{answer}'");
        }
        catch (Exception problem)
            when (problem is SocketException or IOException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy($"nothing answers on 127.0.0.1:{port}");
        }
    }
}
