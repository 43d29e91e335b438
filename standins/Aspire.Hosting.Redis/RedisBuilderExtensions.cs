using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Redis;

namespace Aspire.Hosting;

/// <summary>
/// Describes Redis in containers. Nothing of it can be started here, see the README.
/// </summary>
public static class RedisBuilderExtensions
{
    private const int RedisPort = 6379;
    private const int InsightPort = 5540;

    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port)
        => builder.AddRedis(name, port, password: null);

    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name, which is also the connection's.</param>
    /// <param name="port">The port that callers use; chosen at the start if not given.</param>
    /// <param name="password">Made up in every run if not given.</param>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        int? port = null,
        IResourceBuilder<ParameterResource>? password = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // Characters that mean something in a connection string are left out.
        var parameter = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(
            builder, $"{name}-password", special: false);
        var redis = builder.AddResource(new RedisResource(name, parameter))
            .WithImage("library/redis", "8.2")
            .WithEndpoint(port, RedisPort, name: RedisResource.PrimaryEndpointName);
        return redis
            .WithEnvironment(context =>
            {
                if (redis.Resource.PasswordParameter is { } current)
                {
                    context.EnvironmentVariables["REDIS_PASSWORD"] = current;
                }
            })
            .WithArgs(context =>
            {
                if (redis.Resource.PasswordParameter is { } current)
                {
                    context.Args.Add("--requirepass");
                    context.Args.Add(current);
                }
            });
    }

    /// <param name="builder">Redis.</param>
    /// <param name="password">Null: Redis asks for none.</param>
    public static IResourceBuilder<RedisResource> WithPassword(
        this IResourceBuilder<RedisResource> builder, IResourceBuilder<ParameterResource>? password)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.PasswordParameter = password?.Resource;
        return builder;
    }

    public static IResourceBuilder<RedisResource> WithHostPort(
        this IResourceBuilder<RedisResource> builder, int? port)
        => builder.WithEndpoint(RedisResource.PrimaryEndpointName, endpoint => endpoint.Port = port);

    public static IResourceBuilder<RedisResource> WithDataVolume(
        this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", "/data", isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    /// <param name="builder">Redis.</param>
    /// <param name="interval">How often it saves; 60 s if not given.</param>
    /// <param name="keysChangedThreshold">It saves only after so many changes.</param>
    public static IResourceBuilder<RedisResource> WithPersistence(
        this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var seconds = (interval ?? TimeSpan.FromSeconds(60)).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return builder.WithArgs(
            "--save", seconds, keysChangedThreshold.ToString(CultureInfo.InvariantCulture));
    }

    public static IResourceBuilder<RedisResource> WithRedisInsight(
        this IResourceBuilder<RedisResource> builder,
        Action<IResourceBuilder<RedisInsightResource>>? configureContainer = null,
        string? containerName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = containerName ?? "redisinsight";
        if (!builder.ApplicationBuilder.TryCreateResourceBuilder<RedisInsightResource>(name, out var insight))
        {
            insight = builder.ApplicationBuilder.AddResource(new RedisInsightResource(name))
                .WithImage("redis/redisinsight", "2.70")
                .WithHttpEndpoint(targetPort: InsightPort);
        }
        insight.WithReferenceRelationship(builder.Resource);
        configureContainer?.Invoke(insight);
        return builder;
    }

    public static IResourceBuilder<RedisInsightResource> WithHostPort(
        this IResourceBuilder<RedisInsightResource> builder, int? port)
        => builder.WithEndpoint("http", endpoint => endpoint.Port = port);
}
