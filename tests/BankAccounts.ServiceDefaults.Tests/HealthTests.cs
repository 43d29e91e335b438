using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.ServiceDefaults.Tests;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task A_service_without_a_problem_is_healthy_and_alive(string path)
    {
        var builder = RunningApp.CreateBuilder();
        builder.AddServiceDefaults();
        await using var app = await RunningApp.Start(builder);

        Assert.Equal((HttpStatusCode.OK, "Healthy\n"), await app.Get(path));
    }

    [Fact]
    public async Task A_failing_check_is_named_but_not_its_reason_and_the_process_stays_alive()
    {
        var builder = RunningApp.CreateBuilder();
        builder.AddServiceDefaults();
        builder.Services.AddHealthChecks()
            .AddCheck("far-away", () => HealthCheckResult.Unhealthy("at 10.1.2.3"))
            .AddCheck("at-hand", () => HealthCheckResult.Healthy())
            .AddCheck("slow", () => HealthCheckResult.Degraded());
        await using var app = await RunningApp.Start(builder);

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "Unhealthy\nfar-away: Unhealthy\nslow: Degraded\n"),
            await app.Get("/health"));
        Assert.Equal((HttpStatusCode.OK, "Healthy\n"), await app.Get("/alive"));
    }

    [Fact]
    public async Task A_failing_check_tagged_live_says_that_the_process_is_not_alive()
    {
        var builder = RunningApp.CreateBuilder();
        builder.AddServiceDefaults();
        builder.Services.AddHealthChecks()
            .AddCheck("stuck", () => HealthCheckResult.Unhealthy(), ["live"]);
        await using var app = await RunningApp.Start(builder);

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "Unhealthy\nstuck: Unhealthy\n"),
            await app.Get("/alive"));
    }
}
