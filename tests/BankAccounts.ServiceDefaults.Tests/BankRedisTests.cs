using System.Diagnostics;
using System.Net;
using BankAccounts.ServiceDefaults.RedisClient;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ServiceDefaults.Tests;

public sealed class BankRedisTests
{
    private static readonly (HttpStatusCode, string) Healthy = (HttpStatusCode.OK, "Healthy\n");

    private static readonly (HttpStatusCode, string) Unhealthy =
        (HttpStatusCode.ServiceUnavailable, "Unhealthy\nStackExchange.Redis: Unhealthy\n");

    // The check's own limit, and room for a machine that is busy with other tests.
    private static readonly TimeSpan AFewSeconds = RedisTimes.HealthLimit + TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_service_starts_without_redis_and_is_healthy_once_it_is_there()
    {
        await using var redis = RedisServer.NotStarted();
        await using var app = await Start(redis);
        Assert.Equal(Unhealthy, await app.Get("/health"));

        await redis.Start();
        await Eventually.BecomesTrue(
            async () => await app.Get("/health") == Healthy, "healthy after Redis started");
    }

    [Fact]
    public async Task Health_follows_a_redis_that_is_killed_and_comes_back()
    {
        await using var redis = await RedisServer.Started();
        await using var app = await Start(redis);
        Assert.Equal(Healthy, await app.Get("/health"));

        await redis.Kill();
        await Eventually.BecomesTrue(
            async () => await app.Get("/health") == Unhealthy, "unhealthy", AFewSeconds);

        await redis.Start();
        await Eventually.BecomesTrue(
            async () => await app.Get("/health") == Healthy, "healthy again");
        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        Assert.True(await database.StringSetAsync("key", "value"));
    }

    [Fact]
    public async Task Health_does_not_wait_for_a_redis_that_hangs()
    {
        await using var redis = await RedisServer.Started();
        await using var app = await Start(redis);
        Assert.Equal(Healthy, await app.Get("/health"));

        await redis.Suspend();
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(Unhealthy, await app.Get("/health"));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, AFewSeconds);

        await redis.Resume();
        await Eventually.BecomesTrue(
            async () => await app.Get("/health") == Healthy, "healthy again");
    }

    [Fact]
    public void The_connection_string_has_the_last_word_about_times()
    {
        var builder = RunningApp.CreateBuilder();
        builder.Configuration["ConnectionStrings:redis"] = "localhost:6379,syncTimeout=750";
        builder.AddBankRedis();
        using var app = builder.Build();

        var options = app.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value;

        Assert.Equal(750, options.SyncTimeout);
        Assert.Equal(5000, options.ConnectTimeout);
        Assert.Equal(5, options.KeepAlive);
        Assert.False(options.AbortOnConnectFail);
    }

    private static Task<RunningApp> Start(RedisServer redis)
    {
        var builder = RunningApp.CreateBuilder();
        builder.Configuration["ConnectionStrings:redis"] = $"{redis.Address},connectTimeout=1000";
        builder.AddServiceDefaults();
        builder.AddBankRedis();
        return RunningApp.Start(builder);
    }
}
