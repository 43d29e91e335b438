using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>A real Redis Cluster as processes of this machine, for development and tests.</summary>
public static class LocalRedisCluster
{
    /// <summary>
    /// Adds a Redis Cluster on loopback and free ports, with its data in the AppHost's
    /// <see cref="DataFolder" />. The resource is its connection string, a list of all nodes; the nodes
    /// <c>{name}-node-1</c>, … are executables of their own, so that each can be stopped and started.
    /// </summary>
    /// <remarks>
    /// Each node has its share of the slots, and nobody has copies: what a node loses is built again from the log.
    /// </remarks>
    /// <param name="builder">The AppHost.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="nodes">3 … 9: the smallest cluster has three.</param>
    /// <exception cref="BankStartException">There is no redis-server on the PATH.</exception>
    public static IResourceBuilder<ConnectionStringResource> AddLocalRedisCluster(
        this IDistributedApplicationBuilder builder, string name, int nodes = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 3);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nodes, 9);

        var folder = DataFolder.Of(builder).For(name);
        var cluster = RedisClusterNode.Pick(nodes);
        var servers = cluster
            .Select((node, index) => AddNode(builder, name, folder, index + 1, node, cluster.Take(index)))
            .ToArray();

        var endpoints = new ReferenceExpressionBuilder();
        foreach (var server in servers)
        {
            endpoints.AppendLiteral(endpoints.IsEmpty ? "127.0.0.1:" : ",127.0.0.1:");
            endpoints.Append($"{server.GetEndpoint(LocalRedisResource.Endpoint).Property(EndpointProperty.Port)}");
        }

        var key = $"{name}_cluster";
        builder.Services.AddHealthChecks().AddAsyncCheck(
            key, cancellation => CheckAsync(cluster, cancellation));
        var redis = builder.AddConnectionString(name, endpoints.Build()).WithHealthCheck(key);
        foreach (var server in servers)
        {
            // The connection string alone would wait for its start only.
            redis.WaitFor(server);
        }

        return redis;
    }

    private static IResourceBuilder<LocalRedisResource> AddNode(
        IDistributedApplicationBuilder builder, string name, string folder, int number, RedisClusterNode node,
        IEnumerable<RedisClusterNode> before)
    {
        var role = string.Create(CultureInfo.InvariantCulture, $"node-{number}");
        var own = Directory.CreateDirectory(Path.Combine(folder, role)).FullName;
        return builder
            .AddRedisServer($"{name}-{role}", own, node.Port, RedisProperties.ForNode(node.Port, node.BusPort))
            .OnResourceReady((_, _, cancellation) => node.JoinAsync(before, cancellation));
    }

    /// <summary>Whether every node knows of all the others and of an owner of every slot.</summary>
    private static async Task<HealthCheckResult> CheckAsync(
        IReadOnlyList<RedisClusterNode> cluster, CancellationToken cancellationToken)
    {
        foreach (var node in cluster)
        {
            try
            {
                var info = await RedisWords.AskAsync(node.Port, "CLUSTER INFO", cancellationToken);
                if (!RedisClusterNode.IsWhole(info, cluster.Count))
                {
                    return HealthCheckResult.Unhealthy(
                        $"to the node on 127.0.0.1:{node.Port} the cluster is not whole");
                }
            }
            catch (Exception problem)
                when (problem is SocketException or IOException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy($"nothing answers on 127.0.0.1:{node.Port}");
            }
        }

        return HealthCheckResult.Healthy();
    }
}
