using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Clients.Tests;

public sealed class RedisClientTests
{
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);

    [Fact]
    public async Task A_connection_string_with_a_password_connects_once_for_all_who_ask()
    {
        await using var server = await RedisServer.Started(password: "s3cret");
        Configure("ConnectionStrings:redis", $"{server.Address},password=s3cret");
        _builder.AddRedisClient("redis");
        using var host = _builder.Build();

        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Same(connection, host.Services.GetRequiredService<IConnectionMultiplexer>());
        await connection.GetDatabase().StringSetAsync("key", "value");
        Assert.Equal("value", (string?)await connection.GetDatabase().StringGetAsync("key"));
    }

    [Fact]
    public async Task Keyed_connections_are_told_apart()
    {
        await using var one = await RedisServer.Started();
        await using var two = await RedisServer.Started();
        Configure("ConnectionStrings:one", one.Address);
        Configure("ConnectionStrings:two", two.Address);
        _builder.AddKeyedRedisClient("one");
        _builder.AddKeyedRedisClient("two");
        using var host = _builder.Build();

        await Database("one").StringSetAsync("key", "value");

        Assert.True(await Database("one").KeyExistsAsync("key"));
        Assert.False(await Database("two").KeyExistsAsync("key"));
        Assert.Null(host.Services.GetService<IConnectionMultiplexer>());
        Assert.Equal(
            ["StackExchange.Redis_one", "StackExchange.Redis_two"],
            (await CheckHealth(host)).Entries.Keys.Order(StringComparer.Ordinal));

        IDatabase Database(string name)
            => host.Services.GetRequiredKeyedService<IConnectionMultiplexer>(name).GetDatabase();
    }

    [Fact]
    public async Task The_client_waits_for_a_server_that_is_away_and_its_health_follows()
    {
        await using var server = RedisServer.NotStarted();
        Configure("ConnectionStrings:redis", server.Address);
        _builder.AddRedisClient("redis", configureOptions: options => options.ConnectTimeout = 500);
        using var host = _builder.Build();
        Assert.False(host.Services.GetRequiredService<IConnectionMultiplexer>().IsConnected);

        var away = (await CheckHealth(host)).Entries["StackExchange.Redis"];
        Assert.Equal(HealthStatus.Unhealthy, away.Status);
        Assert.NotNull(away.Exception);

        await server.Start();
        await Eventually.BecomesTrue(
            async () => (await CheckHealth(host)).Status == HealthStatus.Healthy,
            "the connection is made once the server is there");
        await server.Kill();
        await Eventually.BecomesTrue(
            async () => (await CheckHealth(host)).Status == HealthStatus.Unhealthy,
            "the check is unhealthy once the server is gone");
    }

    [Fact]
    public async Task Auto_activation_connects_when_the_host_starts()
    {
        await using var server = await RedisServer.Started();
        Configure("ConnectionStrings:redis", server.Address);
        var configured = false;
        _builder.AddRedisClient(
            "redis", settings => settings.DisableAutoActivation = false, _ => configured = true);
        using var host = _builder.Build();
        Assert.False(configured);

        await host.StartAsync();
        Assert.True(configured);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_container_closes_the_connection()
    {
        await using var server = await RedisServer.Started();
        Configure("ConnectionStrings:redis", server.Address);
        _builder.AddRedisClient("redis");
        var host = _builder.Build();
        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.True(connection.IsConnected);

        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => connection.GetDatabase().Ping());
    }

    [Fact]
    public void Without_an_endpoint_the_connection_throws_when_it_is_asked_for()
    {
        _builder.AddRedisClient("redis");
        using var host = _builder.Build();

        var error = Assert.Throws<InvalidOperationException>(
            () => host.Services.GetService<IConnectionMultiplexer>());
        Assert.StartsWith("No endpoints specified.", error.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:redis", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_come_from_the_sections_the_connection_string_and_the_delegate_in_turn()
    {
        Configure("Aspire:StackExchange:Redis:ConnectionString", "section:1");
        Configure("Aspire:StackExchange:Redis:DisableHealthChecks", "true");
        Configure("Aspire:StackExchange:Redis:redis:ConnectionString", "named:2");
        Assert.Equal(("named:2", true), Read());

        Configure("ConnectionStrings:redis", "connection-string:3");
        Assert.Equal(("connection-string:3", true), Read());

        (string?, bool) Read()
        {
            StackExchangeRedisSettings? seen = null;
            _builder.AddRedisClient("redis", settings => seen = settings);
            return (seen!.ConnectionString, seen.DisableHealthChecks);
        }
    }

    private void Configure(string key, string value) => _builder.Configuration[key] = value;

    private static Task<HealthReport> CheckHealth(IHost host)
        => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
}
