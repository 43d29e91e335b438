using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>
/// A service in this process with two free ports of the loopback interface, one for HTTP/1.1 and
/// one for HTTP/2.
/// </summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningApp(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        GrpcAddress = app.Urls.Last();
        Grpc = GrpcChannel.ForAddress(GrpcAddress);
    }

    public HttpClient Http { get; }

    public GrpcChannel Grpc { get; }

    public string GrpcAddress { get; }

    public IServiceProvider Services => _app.Services;

    public static WebApplicationBuilder CreateBuilder(string environment = "Production")
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "the-service",
            EnvironmentName = environment,
        });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
        });
        return builder;
    }

    public static async Task<RunningApp> Start(
        WebApplicationBuilder builder, Action<WebApplication>? map = null)
    {
        var app = builder.Build();
        app.MapDefaultEndpoints();
        map?.Invoke(app);
        await app.StartAsync();
        return new RunningApp(app);
    }

    public async Task<(HttpStatusCode Status, string Text)> Get(string path)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Tells the service to stop, as its host does when the process gets SIGTERM.</summary>
    public async Task StopAsync()
    {
        _app.Lifetime.StopApplication();
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
