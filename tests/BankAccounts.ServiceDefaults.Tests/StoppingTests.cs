using System.Net;
using Grpc.Net.Client;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.ServiceDefaults.Tests;

public sealed class StoppingTests
{
    [Fact]
    public async Task A_service_that_stops_says_so_first_and_takes_calls_for_as_long_as_the_notice_lasts()
    {
        var builder = RunningApp.CreateBuilder();
        builder.Configuration["Grpc:Limits:StopNotice"] = "00:00:05";
        builder.AddServiceDefaults();
        builder.AddBankGrpc();
        await using var app = await RunningApp.Start(builder, app => app.MapBankGrpc());
        Assert.Equal(HttpStatusCode.OK, (await app.Get("/health")).Status);

        var stopping = app.StopAsync();

        var (status, text) = await app.Get("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("stopping: Unhealthy", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await app.Get("/alive")).Status);
        using var newcomer = GrpcChannel.ForAddress(app.GrpcAddress);
        Assert.Equal(RawGrpc.NotServing, await newcomer.CheckHealth(""));
        Assert.False(stopping.IsCompleted);
    }
}
