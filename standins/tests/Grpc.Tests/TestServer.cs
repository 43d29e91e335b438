using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StandIns.GrpcTests.V1;

namespace StandIns.GrpcTests;

/// <summary>A real server on a free port of loopback, and a channel to it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TestServer(WebApplication app)
    {
        App = app;
        Channel = GrpcChannel.ForAddress(app.Urls.Single());
        Client = new EchoService.EchoServiceClient(Channel);
    }

    public WebApplication App { get; }

    public GrpcChannel Channel { get; }

    public EchoService.EchoServiceClient Client { get; }

    /// <summary>"host:port", as foreign clients want it.</summary>
    public string Address => new Uri(App.Urls.Single()).Authority;

    public static async Task<TestServer> StartAsync(
        Action<GrpcServiceOptions>? configureGrpc = null,
        Action<GrpcHealthChecksOptions>? configureHealth = null,
        Action<IHealthChecksBuilder>? addChecks = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(
            endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(configureGrpc ?? (_ => { }));
        builder.Services.AddGrpcReflection();
        var checks = builder.Services.AddGrpcHealthChecks(configureHealth ?? (_ => { }));
        addChecks?.Invoke(checks);
        builder.Services.Configure<HealthCheckPublisherOptions>(publisher =>
        {
            publisher.Delay = TimeSpan.Zero;
            publisher.Period = TimeSpan.FromSeconds(1);
        });

        var app = builder.Build();
        app.MapGrpcService<EchoServer>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        await app.StartAsync();
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await App.DisposeAsync();
    }
}
