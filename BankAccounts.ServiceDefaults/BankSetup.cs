using BankAccounts.ServiceDefaults.Kafka;
using BankAccounts.ServiceDefaults.Redis;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults;

/// <summary>What the services share of the bank: its options, Redis, the log's topic.</summary>
public static class BankSetup
{
    /// <summary>Adds the options that every service must agree on.</summary>
    public static void AddBank(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<BankOptions>()
            .BindConfiguration(BankOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.AddBankRedis();
    }

    /// <summary>Adds the clock that all processes that append share.</summary>
    public static void AddSharedClock(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SharedClock>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SharedClock>());
    }

    /// <summary>Adds the guard of the log's topic, and the health check <c>kafka</c>.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="connection">The connection that it asks through: the producer's.</param>
    public static void AddLogTopic(
        this IHostApplicationBuilder builder, Func<IServiceProvider, Handle> connection)
    {
        builder.Services.AddSingleton<LogTopic>();
        builder.Services.AddSingleton(services => new LogTopicGuard(
            services.GetRequiredService<LogTopic>(),
            () => connection(services),
            services.GetRequiredService<IHostApplicationLifetime>(),
            services.GetRequiredService<ILogger<LogTopicGuard>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<LogTopicGuard>());
        builder.Services.AddHealthChecks().AddCheck<LogTopicGuard>("kafka");
    }
}
