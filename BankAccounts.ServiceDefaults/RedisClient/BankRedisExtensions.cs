using BankAccounts.ServiceDefaults.RedisClient;
using BankAccounts.ServiceDefaults.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>The connection to the bank's Redis.</summary>
public static class BankRedisExtensions
{
    /// <summary>
    /// Adds the singleton <c>IConnectionMultiplexer</c> of the connection string <c>redis</c>. It
    /// connects while the host starts, which a Redis that is away delays by
    /// <see cref="RedisTimes.Connect" /> at most, and again by itself whenever Redis comes back.
    /// Its health check answers within <see cref="RedisTimes.HealthLimit" />, also when Redis hangs.
    /// With <c>Bank:Security:RedisCaFile</c> it speaks TLS, and only with a Redis that can prove itself.
    /// </summary>
    public static TBuilder AddBankRedis<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddRedisClient("redis", settings =>
        {
            if (settings.ConnectionString is { } connectionString)
            {
                settings.ConnectionString = RedisTimes.Under(connectionString);
            }

            settings.DisableAutoActivation = false;
            // The services trace a commit and a query as a whole; a span per command would hide
            // them.
            settings.DisableTracing = true;
        },
        options =>
        {
            if (builder.Configuration.ReadSecurity().RedisCaFile is { Length: > 0 } file)
            {
                RedisTrust.Require(options, new Authorities(file));
            }
        });
        builder.Services.PostConfigure<HealthCheckServiceOptions>(LimitHealthCheck);
        return builder;
    }

    private static void LimitHealthCheck(HealthCheckServiceOptions options)
    {
        foreach (var check in options.Registrations.Where(c => c.Name == "StackExchange.Redis"))
        {
            check.Timeout = RedisTimes.HealthLimit;
        }
    }
}
