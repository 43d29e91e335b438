using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>Connects to Redis once, when the connection is first asked for.</summary>
internal static partial class RedisConnection
{
    public const string Section = "Aspire:StackExchange:Redis";

    public static void Register(
        IServiceCollection services,
        string connectionName,
        string? serviceKey,
        StackExchangeRedisSettings settings)
    {
        if (serviceKey is null)
        {
            services.AddSingleton<IConnectionMultiplexer>(
                sp => Connect(sp, connectionName, Options.DefaultName, settings));
        }
        else
        {
            services.AddKeyedSingleton<IConnectionMultiplexer>(
                serviceKey, (sp, _) => Connect(sp, connectionName, serviceKey, settings));
        }

        if (!settings.DisableAutoActivation)
        {
            services.AddSingleton<IHostedService>(sp => new RedisActivation(sp, serviceKey));
        }
    }

    public static IConnectionMultiplexer Get(IServiceProvider services, string? serviceKey)
        => serviceKey is null
            ? services.GetRequiredService<IConnectionMultiplexer>()
            : services.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey);

    private static ConnectionMultiplexer Connect(
        IServiceProvider services,
        string connectionName,
        string optionsName,
        StackExchangeRedisSettings settings)
    {
        var options = services.GetRequiredService<IOptionsMonitor<ConfigurationOptions>>()
            .Get(optionsName);
        if (options.EndPoints.Count == 0)
        {
            throw new InvalidOperationException(
                "No endpoints specified. Ensure a valid connection string was provided in " +
                $"'ConnectionStrings:{connectionName}' or for the '{Section}:ConnectionString' " +
                "configuration key.");
        }

        if (!settings.DisableTracing)
        {
            LogNoTracing(services.GetRequiredService<ILoggerFactory>()
                .CreateLogger(typeof(RedisConnection)), connectionName);
        }

        return ConnectionMultiplexer.Connect(options);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Commands to Redis ({ConnectionName}) are not traced: the stand-in for " +
        "Aspire.StackExchange.Redis has no tracing. Set DisableTracing to silence this.")]
    private static partial void LogNoTracing(ILogger logger, string connectionName);
}
