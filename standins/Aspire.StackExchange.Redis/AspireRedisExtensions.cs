using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers connections to Redis.</summary>
public static class AspireRedisExtensions
{
    /// <summary>
    /// Registers a singleton <see cref="IConnectionMultiplexer" />, its health check and its
    /// options. Settings come from the sections <c>Aspire:StackExchange:Redis</c> and
    /// <c>Aspire:StackExchange:Redis:{connectionName}</c>, then the connection string of that name,
    /// then <paramref name="configureSettings" />.
    /// </summary>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
        => Add(builder, connectionName, null, configureSettings, configureOptions);

    /// <summary>
    /// As <see cref="AddRedisClient" />, registered under the key <paramref name="name" />, which
    /// is the connection string's name too.
    /// </summary>
    public static void AddKeyedRedisClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Add(builder, name, name, configureSettings, configureOptions);
    }

    private static void Add(
        IHostApplicationBuilder builder,
        string connectionName,
        string? serviceKey,
        Action<StackExchangeRedisSettings>? configureSettings,
        Action<ConfigurationOptions>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var section = builder.Configuration.GetSection(RedisConnection.Section);
        var named = section.GetSection(connectionName);
        var settings = ReadSettings(builder.Configuration, section, named, connectionName);
        configureSettings?.Invoke(settings);

        var optionsName = serviceKey ?? Options.Options.DefaultName;
        builder.Services.AddRedisOptions(optionsName, settings);
        builder.Services.Configure<ConfigurationOptions>(optionsName, options =>
        {
            section.GetSection(nameof(ConfigurationOptions)).Bind(options);
            named.GetSection(nameof(ConfigurationOptions)).Bind(options);
            configureOptions?.Invoke(options);
        });

        RedisConnection.Register(builder.Services, connectionName, serviceKey, settings);
        if (!settings.DisableHealthChecks)
        {
            RedisHealthCheck.Register(builder, connectionName, serviceKey);
        }
    }

    private static StackExchangeRedisSettings ReadSettings(
        IConfiguration configuration,
        IConfiguration section,
        IConfiguration named,
        string connectionName)
    {
        var settings = new StackExchangeRedisSettings();
        section.Bind(settings);
        named.Bind(settings);
        settings.ConnectionString =
            configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }
}
