using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace StandIns.GrpcTests;

public sealed class HealthTests
{
    private volatile HealthStatus _redis = HealthStatus.Healthy;

    [Theory]
    [InlineData(HealthStatus.Healthy, ServingStatus.Serving)]
    [InlineData(HealthStatus.Degraded, ServingStatus.Serving)]
    [InlineData(HealthStatus.Unhealthy, ServingStatus.NotServing)]
    public async Task The_server_as_a_whole_is_as_healthy_as_its_checks(
        HealthStatus status, ServingStatus expected)
    {
        await using var server = await StartAsync();
        _redis = status;

        Assert.Equal(expected, await Check(server, ""));
    }

    [Fact]
    public async Task A_service_is_as_healthy_as_the_checks_that_are_mapped_to_it()
    {
        await using var server = await StartAsync();
        _redis = HealthStatus.Unhealthy;

        Assert.Equal(ServingStatus.NotServing, await Check(server, "by.tag"));
        Assert.Equal(ServingStatus.Serving, await Check(server, "by.name"));
        Assert.Equal(ServingStatus.Unknown, await Check(server, "by.none"));
    }

    [Fact]
    public async Task Mapping_a_service_again_replaces_its_mapping()
    {
        await using var server = await StartAsync(options => options.Services.Map("", _ => false));

        Assert.Equal(ServingStatus.Unknown, await Check(server, ""));
    }

    [Fact]
    public async Task A_check_of_an_unknown_service_is_NOT_FOUND()
    {
        await using var server = await StartAsync();

        var e = await Assert.ThrowsAsync<RpcException>(() => Check(server, "other"));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
    }

    [Fact]
    public async Task A_watch_says_the_status_at_once_and_again_when_it_changes()
    {
        await using var server = await StartAsync();
        using var watch = Watch(server, "by.tag");
        Assert.Equal(ServingStatus.Serving, await Next(watch));

        _redis = HealthStatus.Unhealthy;
        await Until(watch, ServingStatus.NotServing);
        _redis = HealthStatus.Healthy;
        await Until(watch, ServingStatus.Serving);
    }

    [Fact]
    public async Task A_watch_of_an_unknown_service_waits_for_it()
    {
        await using var server = await StartAsync();
        using var watch = Watch(server, "later");
        Assert.Equal(ServingStatus.ServiceUnknown, await Next(watch));

        server.App.Services.GetRequiredService<HealthServiceImpl>()
            .SetStatus("later", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await Next(watch));
    }

    [Fact]
    public async Task A_watch_ends_NOT_SERVING_when_the_server_stops()
    {
        await using var server = await StartAsync();
        using var watch = Watch(server, "by.name");
        Assert.Equal(ServingStatus.Serving, await Next(watch));

        var stopped = server.App.StopAsync();
        await Until(watch, ServingStatus.NotServing);
        Assert.False(await watch.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, watch.GetStatus().StatusCode);
        await stopped.WaitAsync(TestServer.Patience);
    }

    [Fact]
    public async Task A_watch_can_be_let_go_on_while_the_server_stops()
    {
        await using var server = await StartAsync(
            options => options.SuppressCompletionOnShutdown = true);
        using var watch = Watch(server, "later");
        Assert.Equal(ServingStatus.ServiceUnknown, await Next(watch));

        var stopped = server.App.StopAsync();
        Assert.True(server.App.Lifetime.ApplicationStopping.IsCancellationRequested);
        server.App.Services.GetRequiredService<HealthServiceImpl>()
            .SetStatus("later", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await Next(watch));

        watch.Dispose();
        await stopped.WaitAsync(TestServer.Patience);
    }

    [Fact]
    public async Task From_the_cache_a_service_is_what_the_checks_last_said()
    {
        await using var server = await StartAsync(options => options.UseHealthChecksCache = true);
        using var watch = Watch(server, "by.tag");
        await Until(watch, ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await Check(server, "by.tag"));

        _redis = HealthStatus.Unhealthy;
        await Until(watch, ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await Check(server, "by.tag"));
        var e = await Assert.ThrowsAsync<RpcException>(() => Check(server, "other"));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
    }

    [Fact]
    public async Task Clearing_a_status_makes_the_service_unknown_again()
    {
        await using var server = await StartAsync(options => options.UseHealthChecksCache = true);
        var statuses = server.App.Services.GetRequiredService<HealthServiceImpl>();
        statuses.SetStatus("a", ServingStatus.Serving);
        statuses.SetStatus("b", ServingStatus.NotServing);
        using var a = Watch(server, "a");
        using var b = Watch(server, "b");
        Assert.Equal(ServingStatus.Serving, await Next(a));
        Assert.Equal(ServingStatus.NotServing, await Next(b));

        statuses.ClearStatus("a");
        Assert.Equal(ServingStatus.ServiceUnknown, await Next(a));
        statuses.ClearAll();
        Assert.Equal(ServingStatus.ServiceUnknown, await Next(b));
    }

    private static AsyncServerStreamingCall<HealthCheckResponse> Watch(
        TestServer server, string service)
    {
        var deadline = DateTime.UtcNow + TestServer.Patience;
        return new Health.HealthClient(server.Channel).Watch(
            new HealthCheckRequest { Service = service }, deadline: deadline);
    }

    private static async Task<ServingStatus> Check(TestServer server, string service) =>
        (await new Health.HealthClient(server.Channel).CheckAsync(
            new HealthCheckRequest { Service = service })).Status;

    private static async Task<ServingStatus> Next(
        AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext());
        return watch.ResponseStream.Current.Status;
    }

    /// <summary>
    /// The first answer may be said once more: it is computed, and the publisher then says the
    /// same.
    /// </summary>
    private static async Task Until(
        AsyncServerStreamingCall<HealthCheckResponse> watch, ServingStatus expected)
    {
        while (await Next(watch) != expected)
        {
            // The watch's deadline ends this loop.
        }
    }

    private Task<TestServer> StartAsync(
        Action<Grpc.AspNetCore.HealthChecks.GrpcHealthChecksOptions>? map = null) =>
        TestServer.StartAsync(
            configureHealth: options =>
            {
                options.Services.Map("by.tag", check => check.Tags.Contains("redis"));
                options.Services.Map("by.name", check => check.Name == "self");
                options.Services.Map("by.none", _ => false);
                map?.Invoke(options);
            },
            addChecks: checks => checks
                .AddCheck("self", () => HealthCheckResult.Healthy())
                .AddCheck("redis", () => new(_redis), ["redis"]));
}
