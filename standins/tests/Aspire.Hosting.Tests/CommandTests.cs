namespace Aspire.Hosting.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task A_resource_can_be_stopped_started_and_restarted()
    {
        var builder = TestHost.Builder();
        var program = builder.AddExecutable("program", "sleep", ".", "600").Resource;
        await using var app = await builder.StartAsync();
        var first = app.Snapshot("program").ProcessId();

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(program, KnownResourceCommands.StopCommand)).Success);
        Assert.Equal(143, (await app.WaitForStateAsync("program", KnownResourceStates.Exited)).ExitCode);
        Assert.False(Processes.IsAlive(first));

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("program", KnownResourceCommands.StartCommand)).Success);
        var second = (await app.WaitForStateAsync("program", KnownResourceStates.Running)).ProcessId();
        Assert.NotEqual(first, second);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("program", TestHost.Soon);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(program, KnownResourceCommands.RestartCommand)).Success);
        Assert.NotEqual(second, app.Snapshot("program").ProcessId());
        Assert.False(Processes.IsAlive(second));
    }

    [Fact]
    public async Task A_command_of_ones_own_gets_the_replicas_id_and_gives_its_result()
    {
        var builder = TestHost.Builder();
        string? id = null;
        var program = builder.AddExecutable("program", "sleep", ".", "600")
            .WithCommand("refuse", "Refuse", context =>
            {
                id = context.ResourceName;
                return Task.FromResult(CommandResults.Failure("not today"));
            })
            .WithCommand("break", "Break", _ => throw new InvalidOperationException("broken"));
        await using var app = await builder.StartAsync();

        var refused = await app.ResourceCommands.ExecuteCommandAsync(program.Resource, "refuse");
        Assert.False(refused.Success);
        Assert.Equal("not today", refused.Message);
        Assert.StartsWith("program-", id, StringComparison.Ordinal);

        var broken = await app.ResourceCommands.ExecuteCommandAsync(program.Resource, "break");
        Assert.Contains("broken", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_not_there()
    {
        var builder = TestHost.Builder();
        builder.AddExecutable("program", "sleep", ".", "600");
        await using var app = await builder.StartAsync();

        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("program", "fly")).Success);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("nobody", "stop")).Success);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("program", KnownResourceCommands.StartCommand)).Success);
    }
}
