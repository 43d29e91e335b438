using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>
/// Healthy while every server answers a ping; in cluster mode while each of them sees the cluster
/// as whole. The connection is only made inside of the check, so that a failure to connect is an
/// unhealthy result and not an exception of the caller.
/// </summary>
internal sealed class RedisHealthCheck(IServiceProvider services, string? serviceKey) : IHealthCheck
{
    public static void Register(
        IHostApplicationBuilder builder, string connectionName, string? serviceKey)
    {
        var name = serviceKey is null
            ? "StackExchange.Redis"
            : $"StackExchange.Redis_{connectionName}";
        if (builder.Properties.TryAdd($"Aspire.HealthChecks.{name}", true))
        {
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                name, sp => new RedisHealthCheck(sp, serviceKey), failureStatus: null, tags: null));
        }
    }

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connection = RedisConnection.Get(services, serviceKey);
            foreach (var endPoint in connection.GetEndPoints(configuredOnly: true))
            {
                // This version of the client has no time-out of its own for asynchronous commands.
                var problem = await CheckAsync(connection, connection.GetServer(endPoint))
                    .WaitAsync(cancellationToken);
                if (problem is not null)
                {
                    return new HealthCheckResult(context.Registration.FailureStatus, problem);
                }
            }

            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: error);
        }
    }

    private static async Task<string?> CheckAsync(IConnectionMultiplexer connection, IServer server)
    {
        if (server.ServerType != ServerType.Cluster)
        {
            await connection.GetDatabase().PingAsync();
            await server.PingAsync();
            return null;
        }

        // Any server of the cluster answers for all of them.
        var info = (string?)await connection.GetDatabase().ExecuteAsync("CLUSTER", "INFO");
        return info?.Contains("cluster_state:ok", StringComparison.OrdinalIgnoreCase) == true
            ? null
            : "CLUSTER INFO does not say that the cluster's state is ok.";
    }
}
