using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Tests;

public sealed class EndpointRuleTests
{
    [Fact]
    public async Task A_port_in_use_is_named_together_with_its_resource_and_endpoint()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        foreach (var isProxied in new[] { true, false })
        {
            var builder = TestHost.Builder("--DcpPublisher:RandomizePorts=false");
            builder.AddExecutable("early", "sleep", ".", "600");
            builder.AddExecutable("program", "sleep", ".", "600")
                .WithEndpoint(port, name: "api", isProxied: isProxied);
            await using var app = builder.Build();

            var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestHost.Soon));

            Assert.Contains($"Port {port} of endpoint 'api' of resource 'program' is already in use", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_endpoint_without_proxy_needs_a_port()
        => await AssertRefusedAsync(
            builder => builder.AddExecutable("program", "sleep", ".").WithEndpoint(name: "api", isProxied: false),
            "needs to specify a port");

    [Fact]
    public async Task Proxy_and_process_cannot_share_a_port()
        => await AssertRefusedAsync(
            builder => builder.AddExecutable("program", "sleep", ".").WithEndpoint(19999, 19999, name: "api"),
            "cannot share a port");

    [Fact]
    public async Task Replicas_cannot_do_without_a_proxy()
        => await AssertRefusedAsync(
            builder => builder.AddProject<Projects.SampleWeb>("web").WithReplicas(2)
                .WithEndpoint("http", endpoint => endpoint.IsProxied = false),
            "multiple replicas and a proxy-less endpoint");

    [Fact]
    public async Task Replicas_cannot_share_a_target_port()
        => await AssertRefusedAsync(
            builder => builder.AddProject<Projects.SampleWeb>("web").WithReplicas(2)
                .WithEndpoint("http", endpoint => endpoint.TargetPort = 19998),
            "Each replica must have a unique port");

    [Fact]
    public void Names_of_resources_and_endpoints_are_unique_whatever_their_case()
    {
        var builder = TestHost.Builder();
        var program = builder.AddExecutable("program", "sleep", ".").WithHttpEndpoint();

        Assert.Throws<DistributedApplicationException>(() => builder.AddExecutable("PROGRAM", "sleep", "."));
        Assert.Throws<DistributedApplicationException>(() => program.WithHttpEndpoint(name: "HTTP"));
    }

    [Theory]
    [InlineData("1st")]
    [InlineData("with space")]
    [InlineData("two--hyphens")]
    [InlineData("end-")]
    [InlineData("umläut")]
    public void Names_follow_the_rules(string name)
        => Assert.Throws<ArgumentException>(() => TestHost.Builder().AddExecutable(name, "sleep", "."));

    private static async Task AssertRefusedAsync(
        Action<IDistributedApplicationBuilder> describe, string word)
    {
        var builder = TestHost.Builder();
        describe(builder);
        await using var app = builder.Build();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(TestHost.Soon));
        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
    }
}
