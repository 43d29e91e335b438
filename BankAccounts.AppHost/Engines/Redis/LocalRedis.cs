using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>
/// A Redis server as a process of this machine: an executable with a connection string.
/// </summary>
public sealed class LocalRedisResource(string name, string command, string workingDirectory)
    : ExecutableResource(name, command, workingDirectory), IResourceWithConnectionString
{
    /// <summary>How its endpoint is called.</summary>
    public const string Endpoint = "tcp";

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create(
            $"127.0.0.1:{new EndpointReference(this, Endpoint).Property(EndpointProperty.Port)}");
}

/// <summary>Real Redis as a process of this machine, for development and tests.</summary>
public static class LocalRedis
{
    /// <summary>
    /// Adds a Redis on loopback and a free port, with its append-only file in the AppHost's
    /// <see cref="DataFolder" />.
    /// </summary>
    /// <exception cref="BankStartException">There is no redis-server on the PATH.</exception>
    public static IResourceBuilder<LocalRedisResource> AddLocalRedis(
        this IDistributedApplicationBuilder builder, string name)
    {
        var folder = DataFolder.Of(builder).For(name);
        var port = LoopbackPorts.Pick(1)[0];
        return builder.AddRedisServer(name, folder, port, RedisProperties.For(port));
    }

    /// <summary>Adds a server that runs in a folder, as its configuration says.</summary>
    internal static IResourceBuilder<LocalRedisResource> AddRedisServer(
        this IDistributedApplicationBuilder builder, string name, string folder, int port, Properties properties)
    {
        var server = Programs.OnPath("redis-server")
            ?? throw new BankStartException(
                "There is no redis-server on the PATH: run ./bank setup.");
        const string configuration = "redis.conf";
        properties.WriteTo(Path.Combine(folder, configuration), separator: ' ');

        var key = $"{name}_ping";
        builder.Services.AddHealthChecks().AddAsyncCheck(
            key, cancellation => RedisPing.CheckAsync(port, cancellation));
        return builder.AddResource(new LocalRedisResource(name, server, folder))
            .WithArgs(configuration)
            .WithEndpoint(
                port: port, targetPort: port, scheme: "tcp",
                name: LocalRedisResource.Endpoint, isProxied: false)
            .WithHealthCheck(key);
    }
}
