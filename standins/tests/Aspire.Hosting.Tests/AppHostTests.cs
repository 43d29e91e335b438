using System.Globalization;
using System.Net;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Tests;

/// <summary>
/// The sample AppHost's own Program, run inside the test: two replicas of a web project behind the
/// proxy.
/// </summary>
public sealed class AppHostTests
{
    [Fact]
    public async Task Replicas_share_a_port_and_have_their_own_identity()
    {
        await using var app = await RunAsync();

        var seen = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            // Without the bound, a client may open a second connection while the first is being returned.
            using var connection = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
            using var client = new HttpClient(connection) { BaseAddress = app.GetEndpoint("web", "health") };
            return (
                Pid: await client.GetStringAsync("/pid"),
                Instance: await client.GetStringAsync("/env/OTEL_RESOURCE_ATTRIBUTES"),
                Url: await client.GetStringAsync("/env/Kestrel__Endpoints__http__Url"));
        }));

        Assert.Equal(2, seen.Select(answer => answer.Instance).Distinct().Count());
        Assert.Equal(2, seen.Select(answer => answer.Url).Distinct().Count());
        // Each client kept its one connection, and with it its replica.
        Assert.Equal(2, seen.Distinct().Count());
        Assert.All(seen, answer => Assert.StartsWith("service.instance.id=", answer.Instance, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_runs_in_its_project_folder_and_hears_the_configuration()
    {
        await using var app = await RunAsync();
        using var client = app.CreateHttpClient("web", "health");

        Assert.Equal("SampleWeb", Path.GetFileName(await client.GetStringAsync("/cwd")));
        Assert.Equal("web", await client.GetStringAsync("/env/OTEL_SERVICE_NAME"));
        Assert.Equal("from appsettings", await client.GetStringAsync("/env/GREETING"));
        Assert.Equal("", await client.GetStringAsync("/env/OTEL_EXPORTER_OTLP_ENDPOINT"));
    }

    [Fact]
    public async Task Arguments_win_over_appsettings_and_name_the_collector()
    {
        await using var app = await RunAsync(
            "--Greeting=from-args", "--DOTNET_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4317");
        using var client = app.CreateHttpClient("web", "health");

        Assert.Equal("from-args", await client.GetStringAsync("/env/GREETING"));
        Assert.Equal("http://localhost:4317", await client.GetStringAsync("/env/OTEL_EXPORTER_OTLP_ENDPOINT"));
        Assert.Equal("grpc", await client.GetStringAsync("/env/OTEL_EXPORTER_OTLP_PROTOCOL"));
    }

    [Fact]
    public async Task Http2_without_encryption_passes_the_proxy()
    {
        await using var app = await RunAsync();
        using var client = app.CreateHttpClient("web");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/pid")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal(
            app.GetEndpoint("web").ToString().TrimEnd('/'), await app.GetConnectionStringAsync("web-address"));
    }

    [Fact]
    public async Task A_killed_replica_stays_away_until_it_is_started_and_the_other_serves()
    {
        await using var app = await RunAsync();
        var web = Resource(app, "web");
        var victim = app.Replicas(web)[0];

        System.Diagnostics.Process.GetProcessById(victim.Snapshot.ProcessId()).Kill();
        var ended = await app.ResourceNotifications.WaitForResourceAsync(
            "web",
            change => change.ResourceId == victim.ResourceId && change.Snapshot.State?.Text == KnownResourceStates.Exited,
            TestHost.Soon);
        Assert.Equal(137, ended.Snapshot.ExitCode);

        var survivor = app.Replicas(web)[1].Snapshot.ProcessId();
        for (var i = 0; i < 4; i++)
        {
            using var client = app.CreateHttpClient("web", "health");
            client.DefaultRequestHeaders.ConnectionClose = true;
            Assert.Equal(survivor.ToString(CultureInfo.InvariantCulture), await client.GetStringAsync("/pid"));
        }

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(
            victim.ResourceId, KnownResourceCommands.StartCommand)).Success);
        await app.ResourceNotifications.WaitForResourceAsync(
            "web",
            change => change.ResourceId == victim.ResourceId && change.Snapshot.HealthStatus == HealthStatus.Healthy,
            TestHost.Soon);
        Assert.Equal(survivor, app.Replicas(web)[1].Snapshot.ProcessId());
    }

    [Fact]
    public async Task Each_replica_has_its_own_health()
    {
        await using var app = await RunAsync();
        var web = Resource(app, "web");
        await app.ResourceNotifications.WaitForResourceAsync("web", _ => AllHealthy(app, web), TestHost.Soon);
        using var client = app.CreateHttpClient("web", "health");
        var sick = int.Parse(await client.GetStringAsync("/pid"), CultureInfo.InvariantCulture);
        using (await client.PostAsync(new Uri("/sicken", UriKind.Relative), content: null))
        {
        }

        // A change of state makes the host look at the resource at once: the other replica is
        // restarted.
        var other = app.Replicas(web).Single(replica => replica.Snapshot.ProcessId() != sick);
        await app.ResourceCommands.ExecuteCommandAsync(other.ResourceId, KnownResourceCommands.RestartCommand);
        await app.ResourceNotifications.WaitForResourceAsync(
            "web",
            change => change.ResourceId == other.ResourceId && change.Snapshot.HealthStatus == HealthStatus.Healthy,
            TestHost.Soon);

        var unwell = app.Replicas(web).Single(replica => replica.ResourceId != other.ResourceId);
        Assert.Equal(HealthStatus.Unhealthy, unwell.Snapshot.HealthStatus);
    }

    [Fact]
    public async Task Before_the_start_nothing_can_be_reached_and_nothing_runs()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SampleAppHost>();
        Assert.Contains(builder.Resources, resource => resource.Name == "web");
        await using var app = await builder.BuildAsync();

        Assert.Throws<InvalidOperationException>(() => app.GetEndpoint("web"));
        Assert.Throws<InvalidOperationException>(() => app.CreateHttpClient("web"));
    }

    [Fact]
    public async Task A_builder_that_is_never_built_leaves_nothing_behind()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SampleAppHost>();

        await builder.DisposeAsync().AsTask().WaitAsync(TestHost.Deadline);
    }

    [Fact]
    public async Task A_test_can_change_what_the_program_described()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SampleAppHost>(
            ["--Greeting=for-the-test"], (options, _) => options.EnableResourceLogging = false);
        builder.CreateResourceBuilder<ProjectResource>("web")
            .WithAnnotation(new ReplicaAnnotation(1), ResourceAnnotationMutationBehavior.Replace)
            .WithHttpCommand("/sicken", "Make it sick", endpointName: "health", commandName: "sicken")
            .WithEnvironment("CHANGED", "yes");
        int process;
        await using (var app = await builder.BuildAsync())
        {
            await app.StartAsync(TestHost.Soon);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("web", TestHost.Soon);
            using var client = app.CreateHttpClient("web", "health");
            Assert.Equal("yes", await client.GetStringAsync("/env/CHANGED"));
            Assert.Equal("for-the-test", await client.GetStringAsync("/env/GREETING"));
            Assert.True((await app.ResourceCommands.ExecuteCommandAsync("web", "sicken")).Success);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(new Uri("/health", UriKind.Relative))).StatusCode);
            process = app.Snapshot("web").ProcessId();
        }
        Assert.False(Processes.IsAlive(process));
    }

    private static async Task<DistributedApplication> RunAsync(params string[] args)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SampleAppHost>(
            ["--Logging:LogLevel:Default=None", .. args], TestHost.Soon);
        var app = await builder.BuildAsync(TestHost.Soon);
        await app.StartAsync(TestHost.Soon);
        await app.ResourceNotifications.WaitForResourceAsync("web", _ => AllHealthy(app, Resource(app, "web")), TestHost.Soon);
        return app;
    }

    private static IResource Resource(DistributedApplication app, string name)
        => ((DistributedApplicationModel)app.Services.GetService(typeof(DistributedApplicationModel))!)
            .Resources.Single(resource => resource.Name == name);

    private static bool AllHealthy(DistributedApplication app, IResource resource)
        => app.Replicas(resource).All(replica => replica.Snapshot.HealthStatus == HealthStatus.Healthy);
}
