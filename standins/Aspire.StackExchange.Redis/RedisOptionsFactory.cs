using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>
/// Starts the options from the connection string, so that <c>Configure</c> and <c>PostConfigure</c>
/// of the application come after it: a connection string can only be parsed into a new object.
/// </summary>
internal sealed class RedisOptionsFactory(
    IServiceProvider services,
    IEnumerable<IConfigureOptions<ConfigurationOptions>> setups,
    IEnumerable<IPostConfigureOptions<ConfigurationOptions>> postConfigures,
    IEnumerable<IValidateOptions<ConfigurationOptions>> validations)
    : OptionsFactory<ConfigurationOptions>(setups, postConfigures, validations)
{
    // A service starts while Redis is away and connects in the background, unless the connection
    // string itself says otherwise: of two options with the same key the later one wins.
    private const string Defaults = "abortConnect=false,";

    protected override ConfigurationOptions CreateInstance(string name)
    {
        var settings = services.GetKeyedService<RedisSettings>(name);
        return ConfigurationOptions.Parse(Defaults + settings?.Value.ConnectionString);
    }
}

/// <summary>
/// The settings of one connection, apart from what an application may itself register.
/// </summary>
internal sealed record RedisSettings(StackExchangeRedisSettings Value);

internal static class RedisOptionsRegistration
{
    public static void AddRedisOptions(
        this IServiceCollection services, string optionsName, StackExchangeRedisSettings settings)
    {
        services.AddKeyedSingleton(optionsName, new RedisSettings(settings));
        services.TryAddTransient<IOptionsFactory<ConfigurationOptions>, RedisOptionsFactory>();
    }
}
