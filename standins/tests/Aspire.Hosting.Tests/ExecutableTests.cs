namespace Aspire.Hosting.Tests;

public sealed class ExecutableTests
{
    [Fact]
    public async Task A_program_that_ends_well_is_finished_and_is_not_started_again()
    {
        var builder = TestHost.Builder();
        var program = builder.AddExecutable("program", "sh", ".", "-c", "echo said; exit 0").Resource;
        await using var app = await builder.StartAsync();

        var ended = await app.WaitForStateAsync("program", KnownResourceStates.Finished);

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(["said"], await app.OutputAsync(program));
        Assert.Equal(KnownResourceStates.Finished, app.Snapshot("program").State?.Text);
    }

    [Fact]
    public async Task A_program_that_fails_has_exited_with_its_code()
    {
        var builder = TestHost.Builder();
        builder.AddExecutable("program", "sh", ".", "-c", "exit 3");
        await using var app = await builder.StartAsync();

        Assert.Equal(3, (await app.WaitForStateAsync("program", KnownResourceStates.Exited)).ExitCode);
    }

    [Theory]
    [InlineData("no-such-program", ".", "'no-such-program' is not in PATH")]
    [InlineData("./no-such-program", ".", "does not exist or is not executable")]
    [InlineData("sleep", "no-such-folder", "does not exist")]
    public async Task A_program_that_is_not_there_fails_to_start_with_a_plain_word(
        string command, string folder, string word)
    {
        var builder = TestHost.Builder();
        var program = builder.AddExecutable("program", command, folder, "1").Resource;
        await using var app = await builder.StartAsync();

        await app.WaitForStateAsync("program", KnownResourceStates.FailedToStart);
        Assert.Contains(word, Assert.Single(await app.OutputAsync(program)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_asks_first_and_kills_what_does_not_listen()
    {
        var builder = TestHost.Builder();
        var polite = builder.AddExecutable("polite", "sh", ".", "-c", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done").Resource;
        var stubborn = builder.AddExecutable("stubborn", "sh", ".", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done").Resource;
        await using var app = await builder.StartAsync();
        await UntilSaidAsync(app, polite, "up");
        await UntilSaidAsync(app, stubborn, "up");
        var processes = new[] { app.Snapshot("polite").ProcessId(), app.Snapshot("stubborn").ProcessId() };

        using var killSoon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await app.StopAsync(killSoon.Token);

        Assert.DoesNotContain(processes, Processes.IsAlive);
        Assert.Equal(137, app.Snapshot("stubborn").ExitCode);
        Assert.Equal(0, app.Snapshot("polite").ExitCode);
        Assert.Contains("bye", await app.OutputAsync(polite));
    }

    [Fact]
    public async Task Whoever_waits_for_another_is_stopped_before_it()
    {
        var builder = TestHost.Builder();
        var first = builder.AddExecutable("first", "sleep", ".", "600");
        builder.AddExecutable("second", "sleep", ".", "600").WaitFor(first);
        var ended = new List<string>();
        builder.Eventing.Subscribe<ResourceStoppedEvent>((stopped, _) =>
        {
            ended.Add(stopped.Resource.Name);
            return Task.CompletedTask;
        });
        await using var app = await builder.StartAsync();

        await app.StopAsync(TestHost.Soon);

        Assert.Equal(["second", "first"], ended);
    }

    [Fact]
    public async Task A_resource_with_explicit_start_waits_for_the_command()
    {
        var builder = TestHost.Builder();
        var program = builder.AddExecutable("program", "sleep", ".", "600").WithExplicitStart().Resource;
        await using var app = await builder.StartAsync();
        Assert.Equal(KnownResourceStates.NotStarted, app.Snapshot("program").State?.Text);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(program, KnownResourceCommands.StartCommand)).Success);

        await app.WaitForStateAsync("program", KnownResourceStates.Running);
    }

    [Fact]
    public async Task A_container_fails_to_start_and_says_that_there_is_no_runtime()
    {
        var builder = TestHost.Builder();
        var kafka = builder.AddKafka("kafka").WithDataVolume().WithKafkaUI();
        var redis = builder.AddRedis("redis").WithPersistence();
        builder.AddExecutable("user", "sleep", ".", "600").WithReference(kafka).WithReference(redis).WaitFor(kafka);
        await using var app = await builder.StartAsync();

        await app.WaitForStateAsync("kafka", KnownResourceStates.FailedToStart);
        await app.WaitForStateAsync("redis", KnownResourceStates.FailedToStart);
        await app.WaitForStateAsync("user", KnownResourceStates.FailedToStart);
        var said = Assert.Single(await app.OutputAsync(kafka.Resource));
        Assert.Contains("no container runtime", said, StringComparison.Ordinal);
    }

    private static async Task UntilSaidAsync(
        DistributedApplication app, IResource resource, string text)
    {
        var logs = (ResourceLoggerService)app.Services.GetService(typeof(ResourceLoggerService))!;
        await foreach (var batch in logs.WatchAsync(resource).WithCancellation(TestHost.Soon))
        {
            if (batch.Any(line => line.Content.EndsWith(text, StringComparison.Ordinal)))
            {
                return;
            }
        }
    }
}
