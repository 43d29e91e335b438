using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task A_waiter_starts_when_the_health_check_of_the_other_turns_healthy()
    {
        var healthy = false;
        var builder = TestHost.Builder();
        builder.Services.AddHealthChecks().AddCheck(
            "engine-check", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not yet"));
        var engine = builder.AddExecutable("engine", "sleep", ".", "600").WithHealthCheck("engine-check");
        builder.AddExecutable("service", "sleep", ".", "600").WaitFor(engine);
        await using var app = builder.Build();

        var starting = app.StartAsync(TestHost.Soon);
        await app.WaitForStateAsync("service", KnownResourceStates.Waiting);
        await app.ResourceNotifications.WaitForResourceAsync(
            "engine", change => change.Snapshot.HealthReports.Any(report => report.Description == "not yet"), TestHost.Soon);
        Assert.Equal(HealthStatus.Unhealthy, app.Snapshot("engine").HealthStatus);
        Assert.Equal(KnownResourceStates.Waiting, app.Snapshot("service").State?.Text);
        Assert.False(starting.IsCompleted);
        healthy = true;

        await starting;
        Assert.Equal(KnownResourceStates.Running, app.Snapshot("service").State?.Text);
        Assert.Equal(HealthStatus.Healthy, app.Snapshot("engine").HealthStatus);
    }

    [Fact]
    public async Task A_connection_string_runs_unhealthy_until_its_checks_have_answered()
    {
        var builder = TestHost.Builder();
        builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
        builder.AddConnectionString("log", ReferenceExpression.Create($"127.0.0.1:9")).WithHealthCheck("never");
        await using var app = builder.Build();
        var firstRunning = app.ResourceNotifications.WaitForResourceAsync(
            "log", change => change.Snapshot.State?.Text == KnownResourceStates.Running, TestHost.Soon);

        await app.StartAsync(TestHost.Soon);

        Assert.Equal(HealthStatus.Unhealthy, (await firstRunning).Snapshot.HealthStatus);
    }

    [Fact]
    public async Task A_waiter_does_not_start_when_the_other_cannot_start()
    {
        var builder = TestHost.Builder();
        var engine = builder.AddExecutable("engine", "no-such-program", ".");
        var service = builder.AddExecutable("service", "sleep", ".", "600").WaitFor(engine);
        builder.AddExecutable("last", "sleep", ".", "600").WaitFor(service);
        await using var app = await builder.StartAsync();

        Assert.Equal(KnownResourceStates.FailedToStart, app.Snapshot("service").State?.Text);
        Assert.Equal(KnownResourceStates.FailedToStart, app.Snapshot("last").State?.Text);
    }

    [Theory]
    [InlineData(0, 0, "Running")]
    [InlineData(3, 3, "Running")]
    [InlineData(3, 0, "FailedToStart")]
    public async Task Completion_means_the_expected_exit_code(
        int exitCode, int expected, string state)
    {
        var builder = TestHost.Builder();
        var job = builder.AddExecutable("job", "sh", ".", "-c", $"exit {exitCode}");
        builder.AddExecutable("service", "sleep", ".", "600").WaitForCompletion(job, expected);
        await using var app = await builder.StartAsync();

        Assert.Equal(state, app.Snapshot("service").State?.Text);
    }

    [Fact]
    public async Task An_engine_that_dies_before_it_is_healthy_takes_its_waiter_with_it()
    {
        var builder = TestHost.Builder();
        builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
        var engine = builder.AddExecutable("engine", "sh", ".", "-c", "sleep 0.2; exit 1").WithHealthCheck("never");
        builder.AddExecutable("service", "sleep", ".", "600").WaitFor(engine);
        await using var app = await builder.StartAsync();

        Assert.Equal(KnownResourceStates.FailedToStart, app.Snapshot("service").State?.Text);
    }

    [Fact]
    public async Task Events_come_in_the_order_of_a_resources_life()
    {
        var builder = TestHost.Builder();
        var events = new List<string>();
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) => Note("before start"));
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((_, _) => Note("all created"));
        builder.AddExecutable("program", "sleep", ".", "600")
            .WithEndpoint(name: "tcp")
            .OnResourceReady((_, _, _) => Note("ready"))
            .OnBeforeResourceStarted((_, _, _) => Note("before resource"))
            .OnResourceEndpointsAllocated((resource, _, _) => Note(
                resource.GetEndpoint("tcp").IsAllocated ? "allocated" : "not allocated"));
        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("program", TestHost.Soon);

        lock (events)
        {
            Assert.Equal(
                ["all created", "allocated", "before resource", "before start", "ready"],
                events.Order(StringComparer.Ordinal));
            Assert.Equal(["before start", "allocated", "before resource"], events.Take(3));
        }

        Task Note(string what)
        {
            lock (events)
            {
                events.Add(what);
            }
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task An_exception_before_the_start_keeps_only_that_resource_from_starting()
    {
        var builder = TestHost.Builder();
        builder.AddExecutable("broken", "sleep", ".", "600")
            .OnBeforeResourceStarted((_, _, _) => throw new InvalidOperationException("no licence"));
        builder.AddExecutable("sound", "sleep", ".", "600");
        await using var app = await builder.StartAsync();

        Assert.Equal(KnownResourceStates.FailedToStart, app.Snapshot("broken").State?.Text);
        Assert.Equal(KnownResourceStates.Running, app.Snapshot("sound").State?.Text);
    }

    [Fact]
    public async Task A_wait_that_is_given_up_says_what_it_waited_for()
    {
        var builder = TestHost.Builder();
        builder.AddExecutable("program", "sleep", ".", "600");
        await using var app = await builder.StartAsync();
        using var end = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => app.ResourceNotifications.WaitForResourceAsync("program", KnownResourceStates.Exited, end.Token));

        Assert.Contains("Running", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_health_check_that_nobody_registered_is_named()
    {
        var builder = TestHost.Builder();
        builder.AddExecutable("program", "sleep", ".", "600").WithHealthCheck("forgotten");
        await using var app = builder.Build();

        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => app.StartAsync(TestHost.Soon));

        Assert.Contains("'forgotten'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_that_waits_for_a_connection_string_starts_once_there_is_one()
    {
        var builder = TestHost.Builder("--ConnectionStrings:given=somewhere:1");
        var given = builder.AddConnectionString("given");
        var missing = builder.AddConnectionString("missing");
        builder.AddExecutable("program", "sleep", ".", "600").WithReference(given).WaitFor(given);
        builder.AddExecutable("other", "sleep", ".", "600").WithReference(missing).WaitFor(missing);
        await using var app = await builder.StartAsync();

        Assert.Equal(KnownResourceStates.Running, app.Snapshot("program").State?.Text);
        Assert.Equal(KnownResourceStates.FailedToStart, app.Snapshot("other").State?.Text);
    }

    [Fact]
    public void Nobody_waits_for_himself()
    {
        var program = TestHost.Builder().AddExecutable("program", "sleep", ".");

        Assert.Throws<DistributedApplicationException>(() => program.WaitFor(program));
    }
}
