using BankAccounts.ServiceDefaults.GrpcHosting;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.Tests;

public sealed class BankGrpcTests
{
    private const string Service = "bankaccounts.v1.AccountService";

    [Theory]
    [InlineData("")]
    [InlineData(Service)]
    public async Task Health_follows_the_checks_for_the_server_and_for_each_service(string name)
    {
        var healthy = true;
        var builder = Builder();
        builder.Services.AddHealthChecks().AddCheck("changing", () => new HealthCheckResult(
            healthy ? HealthStatus.Healthy : HealthStatus.Unhealthy));
        await using var app = await Start(builder);

        Assert.Equal(RawGrpc.Serving, await app.Grpc.CheckHealth(name));
        healthy = false;
        Assert.Equal(RawGrpc.NotServing, await app.Grpc.CheckHealth(name));
    }

    [Fact]
    public async Task The_health_of_an_unknown_service_is_not_found()
    {
        await using var app = await Start(Builder());
        var error = await Assert.ThrowsAsync<RpcException>(() => app.Grpc.CheckHealth("unknown"));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Reflection_lists_the_services(string reflection)
    {
        await using var app = await Start(Builder());
        Assert.Contains(
            "grpc.health.v1.Health",
            await app.Grpc.ListServices(reflection),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused()
    {
        var builder = Builder();
        builder.Configuration["Grpc:Limits:MaxReceiveMessageBytes"] = "2048";
        await using var app = await Start(builder);

        var within = await Assert.ThrowsAsync<RpcException>(
            () => app.Grpc.CheckHealth(new string('x', 1900)));
        var above = await Assert.ThrowsAsync<RpcException>(
            () => app.Grpc.CheckHealth(new string('x', 2100)));

        Assert.Equal(StatusCode.NotFound, within.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, above.StatusCode);
    }

    [Fact]
    public async Task The_limits_reach_gRPC_and_the_server_below_it()
    {
        var builder = Builder();
        builder.Configuration["Grpc:Limits:MaxStreamsPerConnection"] = "77";
        builder.Configuration["Grpc:Limits:KeepAlivePingDelay"] = "00:00:20";
        builder.Configuration["Grpc:Limits:MaxSendMessageBytes"] = "4096";
        await using var app = await Start(builder);

        var http2 = Options<KestrelServerOptions>(app).Limits.Http2;
        Assert.Equal(77, http2.MaxStreamsPerConnection);
        Assert.Equal(TimeSpan.FromSeconds(20), http2.KeepAlivePingDelay);
        Assert.Equal(TimeSpan.FromSeconds(10), http2.KeepAlivePingTimeout);
        Assert.Equal(4096, Options<GrpcServiceOptions>(app).MaxSendMessageSize);
        Assert.Equal(1024 * 1024, Options<GrpcServiceOptions>(app).MaxReceiveMessageSize);
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task Exceptions_are_shown_to_callers_in_development_only(string name, bool shown)
    {
        await using var app = await Start(Builder(name));
        Assert.Equal(shown, Options<GrpcServiceOptions>(app).EnableDetailedErrors);
    }

    [Theory]
    [InlineData("MaxReceiveMessageBytes", "1023")]
    [InlineData("MaxSendMessageBytes", "67108865")]
    [InlineData("MaxConnections", "0")]
    [InlineData("StopNotice", "00:01:01")]
    [InlineData("MaxCalls", "1000001")]
    [InlineData("MaxStreamsPerConnection", "0")]
    [InlineData("TakeWithin", "00:00:00.9")]
    [InlineData("KeepAlivePingDelay", "00:00:00.9")]
    [InlineData("KeepAlivePingTimeout", "00:10:01")]
    public async Task A_limit_out_of_its_bounds_ends_the_start(string limit, string value)
    {
        var builder = Builder();
        builder.Configuration[$"{GrpcLimits.Section}:{limit}"] = value;

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => Start(builder));
        Assert.Contains(limit, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    private static WebApplicationBuilder Builder(string environment = "Production")
    {
        var builder = RunningApp.CreateBuilder(environment);
        builder.AddServiceDefaults();
        builder.AddBankGrpc(Service);
        return builder;
    }

    private static Task<RunningApp> Start(WebApplicationBuilder builder)
        => RunningApp.Start(builder, app => app.MapBankGrpc());

    private static T Options<T>(RunningApp app)
        where T : class
        => app.Services.GetRequiredService<IOptions<T>>().Value;
}
