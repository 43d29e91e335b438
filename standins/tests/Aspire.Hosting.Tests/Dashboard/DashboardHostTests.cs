using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Proxy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Tests.Dashboard;

#pragma warning disable ASPIREINTERACTION001 // Commands of Aspire 13.3 ask by it.

/// <summary>An application with a dashboard, from the host's side.</summary>
public sealed partial class DashboardHostTests
{
    [Fact]
    public async Task Resources_their_lines_and_their_commands_are_there()
    {
        var builder = Builder();
        builder.AddExecutable("talker", "sh", ".", "-c", "echo hello; exec sleep 600")
            .WithCommand(
                "greet", "Greet",
                context =>
                {
                    LogGreeting(context.Logger, context.ResourceName);
                    return Task.FromResult(CommandResults.Success("Greeted.", new CommandResultData { Value = "hello" }));
                },
                new CommandOptions { UpdateState = Whether("Running") })
            .WithCommand(
                "mourn", "Mourn", _ => Task.FromResult(CommandResults.Success()),
                new CommandOptions { UpdateState = Whether("Exited") });
        await using var app = await builder.StartAsync();
        var host = app.Services.GetRequiredService<DashboardHost>();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("talker", TestHost.Soon);

        var talker = Assert.Single(host.Resources());
        Assert.Equal(("talker", "Executable", "Running", "Healthy"), (talker.Name, talker.Type, talker.State, talker.Health));
        Assert.Equal(
            ["greet True", "mourn False", "restart True", "start False", "stop True"],
            talker.Commands.Select(command => $"{command.Name} {command.IsEnabled}").Order());

        var greeted = await host.ExecuteAsync(talker.Id, "greet", TestHost.Soon);
        Assert.Equal((true, "Greeted.", "hello"), (greeted.Success, greeted.Message, greeted.Data));
        Assert.False((await host.ExecuteAsync(talker.Id, "mourn", TestHost.Soon)).Success);
        Assert.False((await host.ExecuteAsync("nobody", "greet", TestHost.Soon)).Success);

        var lines = host.Logs(talker.Id, after: 0);
        Assert.Contains(lines, line => line.Text.EndsWith($"greeting {talker.Id}", StringComparison.Ordinal));
        Assert.Empty(host.Logs(talker.Id, lines[^1].Number));
        Assert.Empty(host.Logs("nobody", after: 0));
    }

    [Fact]
    public async Task A_command_asks_for_a_value_and_takes_only_an_answer_to_what_it_asked()
    {
        var builder = Builder();
        builder.AddExecutable("asker", "sleep", ".", "600").WithCommand("ask", "Ask", async context =>
        {
            var answer = await context.ServiceProvider.GetRequiredService<IInteractionService>().PromptInputAsync(
                "Which one?", null, new InteractionInput { Name = "number", InputType = InputType.Number, Required = true },
                cancellationToken: context.CancellationToken);
            return answer.Canceled
                ? CommandResults.Canceled()
                : CommandResults.Success("Thanks.", new CommandResultData { Value = answer.Data.Value! });
        });
        await using var app = await builder.StartAsync();
        var host = app.Services.GetRequiredService<DashboardHost>();
        var asker = host.Resources().Single().Id;

        var answered = host.ExecuteAsync(asker, "ask", TestHost.Soon);
        var prompt = Assert.Single(host.Prompts());
        Assert.Equal(("Which one?", "number", true), (prompt.Title, prompt.Label, prompt.IsNumber));
        Assert.False(host.Answer(prompt.Id, ""));
        Assert.False(host.Answer(prompt.Id, "three"));
        Assert.False(host.Answer(prompt.Id + 1, "3"));
        Assert.True(host.Answer(prompt.Id, "3"));
        Assert.Equal("3", (await answered.WaitAsync(TestHost.Deadline)).Data);
        Assert.Empty(host.Prompts());

        var refused = host.ExecuteAsync(asker, "ask", TestHost.Soon);
        Assert.True(host.Answer(host.Prompts().Single().Id, null));
        Assert.True((await refused.WaitAsync(TestHost.Deadline)).Canceled);

        // The end of the application is not held up by who asks.
        var ended = host.ExecuteAsync(asker, "ask", CancellationToken.None);
        await app.StopAsync(TestHost.Soon);
        Assert.True((await ended.WaitAsync(TestHost.Deadline)).Canceled);
    }

    [Fact]
    public async Task Without_a_dashboard_nobody_can_be_asked()
    {
        await using var app = TestHost.Builder().Build();
        var interaction = app.Services.GetRequiredService<IInteractionService>();

        Assert.False(interaction.IsAvailable);
        await Assert.ThrowsAsync<InvalidOperationException>(() => interaction.PromptInputAsync(
            "Which one?", null, new InteractionInput { Name = "number", InputType = InputType.Number },
            cancellationToken: TestHost.Soon));
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_start_with_its_name()
    {
        var taken = FreePorts.Take();
        await using var first = await Builder(taken).StartAsync();

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => Builder(taken).StartAsync());
        Assert.Contains($":{taken}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_send_their_telemetry_to_the_dashboard_unless_another_collector_is_named()
    {
        var ours = await EnvironmentAsync();
        Assert.StartsWith("http://localhost:", ours["OTEL_EXPORTER_OTLP_ENDPOINT"], StringComparison.Ordinal);
        Assert.Equal("grpc", ours["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Matches("^x-otlp-api-key=[0-9a-f]{32}$", ours["OTEL_EXPORTER_OTLP_HEADERS"]);

        var theirs = await EnvironmentAsync("--OTEL_EXPORTER_OTLP_ENDPOINT=http://collector.example:4317");
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_ENDPOINT", theirs.Keys);
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_HEADERS", theirs.Keys);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "greeting {Who}")]
    private static partial void LogGreeting(ILogger logger, string who);

    private static async Task<Dictionary<string, string>> EnvironmentAsync(params string[] args)
    {
        var builder = Builder(FreePorts.Take(), args);
        var variables = new Dictionary<string, object>();
        var program = builder.AddExecutable("program", "true", ".").WithOtlpExporter().Resource;
        foreach (var annotation in program.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(new EnvironmentCallbackContext(builder.ExecutionContext, program, variables));
        }
        return variables.ToDictionary(variable => variable.Key, variable => variable.Value.ToString()!);
    }

    private static Func<UpdateCommandStateContext, ResourceCommandState> Whether(string state)
        => context => context.ResourceSnapshot.State?.Text == state ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static IDistributedApplicationBuilder Builder() => Builder(FreePorts.Take());

    private static IDistributedApplicationBuilder Builder(int port, params string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args =
            [
                $"--ASPNETCORE_URLS=http://localhost:{port}",
                $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:{FreePorts.Take()}",
                .. args,
            ],
            AssemblyName = "SampleAppHost",
            AllowUnsecuredTransport = true,
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        return builder;
    }
}
