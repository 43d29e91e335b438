namespace Aspire.Hosting.Tests;

/// <summary>An engine as an AppHost would make one: a program with a connection string.</summary>
internal sealed class EngineResource(string name) : ExecutableResource(name, "sleep", Path.GetTempPath()),
    IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression
        => ReferenceExpression.Create($"{this.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort)},tuned=yes");

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
        => [new("Port", ReferenceExpression.Create($"{this.GetEndpoint("tcp").Property(EndpointProperty.Port)}"))];
}

public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_process_gets_everything_that_was_said()
    {
        var builder = TestHost.Builder("--Parameters:colour=blue", "--ConnectionStrings:outside=far-away:1");
        var engine = builder.AddResource(new EngineResource("my-engine")).WithArgs("600").WithEndpoint(name: "tcp");
        var colour = builder.AddParameter("colour");
        var outside = builder.AddConnectionString("outside");
        var composed = builder.AddConnectionString(
            "composed", ReferenceExpression.Create($"{engine.GetEndpoint("tcp")}/{colour}"));
        // Its own environment as it was given: a shell drops variables with hyphens in their names.
        const string script = "tr '\\0' '\\n' < /proc/$$/environ; echo \"args=$*\"";
        var program = builder.AddExecutable("program", "sh", ".", "-c", script, "sh")
            .WithArgs("one two")
            .WithArgs(colour.Resource)
            .WithHttpEndpoint(env: "PORT")
            .WithEnvironment("PLAIN", "text {with} braces")
            .WithEnvironment("EXPRESSION", $"{colour}-{engine.GetEndpoint("tcp").Property(EndpointProperty.Scheme)}")
            .WithEnvironment(context => { context.EnvironmentVariables["CALLED"] = context.Resource.Name; })
            .WithEnvironment(async context =>
            {
                await Task.Yield();
                context.EnvironmentVariables["EARLIER"] = context.EnvironmentVariables.ContainsKey("CALLED") ? "yes" : "no";
            })
            .WithReference(engine)
            .WithReference(outside, connectionName: "renamed")
            .WithReference(composed)
            .WithReference("site", new Uri("https://example.org/"));
        await using var app = await builder.StartAsync();

        var output = await app.OutputAsync(program.Resource);
        var port = engine.GetEndpoint("tcp").Port;

        Assert.Superset(
            new HashSet<string>
            {
                "args=one two blue",
                "PLAIN=text {with} braces",
                "EXPRESSION=blue-tcp",
                "CALLED=program",
                "EARLIER=yes",
                $"ConnectionStrings__my-engine=localhost:{port},tuned=yes",
                $"MY_ENGINE_PORT={port}",
                "ConnectionStrings__renamed=far-away:1",
                $"ConnectionStrings__composed=tcp://localhost:{port}/blue",
                "services__site__default__0=https://example.org/",
            },
            output.ToHashSet());
        var target = Assert.Single(output, line => line.StartsWith("PORT=", StringComparison.Ordinal));
        Assert.NotEqual($"PORT={program.GetEndpoint("http").Port}", target);
        Assert.Matches("^PORT=[0-9]+$", target);
    }

    [Fact]
    public async Task A_missing_parameter_keeps_the_resource_from_starting_and_is_named()
    {
        var builder = TestHost.Builder();
        var missing = builder.AddParameter("missing");
        var program = builder.AddExecutable("program", "sleep", ".", "600").WithEnvironment("M", missing);
        await using var app = await builder.StartAsync();

        await app.WaitForStateAsync("program", KnownResourceStates.FailedToStart);
        Assert.Contains(
            "Parameters:missing", Assert.Single(await app.OutputAsync(program.Resource)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_without_proxy_keeps_its_port_even_when_ports_are_random()
    {
        var builder = TestHost.Builder();
        var program = builder.AddExecutable("program", "sleep", ".", "600")
            .WithEndpoint(19_417, name: "own", isProxied: false)
            .WithEndpoint(19_418, name: "proxied");
        await using var app = await builder.StartAsync();

        Assert.Equal(19_417, program.GetEndpoint("own").Port);
        Assert.NotEqual(19_418, program.GetEndpoint("proxied").Port);
        Assert.Contains(app.Snapshot("program").Urls, url => url is { Name: "own", Url: "tcp://localhost:19417" });
    }

    [Fact]
    public async Task A_redis_connection_string_has_its_password()
    {
        var builder = TestHost.Builder();
        var password = builder.AddParameter("secret-word", "p w", secret: true);
        var redis = builder.AddRedis("redis", password: password);
        await using var app = await builder.StartAsync();

        var port = redis.Resource.PrimaryEndpoint.Port;
        Assert.Equal(
            $"localhost:{port},password=p w",
            await ((IResourceWithConnectionString)redis.Resource).GetConnectionStringAsync());
        Assert.Equal($"redis://:p%20w@localhost:{port}", await redis.Resource.UriExpression.GetValueAsync(default));
    }
}
