using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.Deployment.Tests;

/// <summary>The program with which a container asks its service for its health.</summary>
public sealed class HealthProbeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_ends_with_0_exactly_if_the_service_is_healthy()
    {
        // An empty one, because the settings of the services are in this folder.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        await using var service = builder.Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.MapGet("/well", () => "Healthy");
        service.MapGet("/ill", () => Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        await service.StartAsync();
        var address = service.Urls.Single();

        Assert.Equal(0, await ExitCodeAsync($"{address}/well"));
        Assert.Equal(1, await ExitCodeAsync($"{address}/ill"));
        await service.StopAsync();
        Assert.Equal(1, await ExitCodeAsync($"{address}/well"));
        Assert.Equal(1, await ExitCodeAsync("nonsense"));
    }

    private static async Task<int> ExitCodeAsync(string address)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "HealthProbe.dll"), address])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("dotnet cannot be started.");
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }
}
