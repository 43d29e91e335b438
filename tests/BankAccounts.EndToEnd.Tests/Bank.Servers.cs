using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>What can happen to the processes that a bank consists of.</summary>
public sealed partial class Bank
{
    /// <summary>Kafka's brokers, by name.</summary>
    public string[] Brokers => Executables(name => name.StartsWith("kafka-broker-", StringComparison.Ordinal));

    /// <summary>Redis, by name: the one server, or the nodes of its cluster.</summary>
    public string[] RedisServers => Executables(
        name => name == "redis" || name.StartsWith("redis-node-", StringComparison.Ordinal));

    /// <summary>Kills the process of a server at once, as a crash would, and waits until it is known to have ended.</summary>
    public async Task KillAsync(string server)
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        var running = await App.ResourceNotifications.WaitForResourceAsync(
            server, change => change.Snapshot.State?.Text == KnownResourceStates.Running, patience.Token);
        var id = running.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value;
        using var process = Process.GetProcessById(Convert.ToInt32(id, CultureInfo.InvariantCulture));
        process.Kill();
        await App.ResourceNotifications.WaitForResourceAsync(
            server, KnownResourceStates.TerminalStates, patience.Token);
    }

    /// <summary>Stops servers, as whoever operates them does, and waits until they have ended.</summary>
    public Task StopAsync(params string[] servers) => Task.WhenAll(servers.Select(
        server => CommandAsync(server, KnownResourceCommands.StopCommand, [.. KnownResourceStates.TerminalStates])));

    /// <summary>Starts servers again.</summary>
    public Task StartAgainAsync(params string[] servers) => Task.WhenAll(servers.Select(
        server => CommandAsync(server, KnownResourceCommands.StartCommand, KnownResourceStates.Running)));

    /// <summary>The id of the process that folds a partition.</summary>
    public async Task<int> OwnerProcessAsync(int partition) =>
        (int)await (await RedisAsync()).GetDatabase()
            .HashGetAsync(RedisKeys.Owner(partition), "process_id");

    /// <summary>
    /// Kills the process that folds a partition, once there is one that runs: after an earlier kill the
    /// partition takes a moment to move. Returns its id.
    /// </summary>
    public async Task<int> KillProjectorAsync(int partition)
    {
        Process? owner = null;
        await Eventually.BecomesTrue(
            async () => (owner = Running(await OwnerProcessAsync(partition))) is not null,
            $"partition {partition} is folded by a process that runs");
        using (owner)
        {
            owner!.Kill();
            await owner.WaitForExitAsync();
            return owner.Id;
        }
    }

    /// <summary>Starts every replica of a resource that has ended.</summary>
    public async Task StartEndedReplicasAsync(string name)
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        var ended = await App.ResourceNotifications.WaitForResourceAsync(
            name,
            change => change.Snapshot.State?.Text is { } state
                && KnownResourceStates.TerminalStates.Contains(state),
            patience.Token);
        await App.ResourceCommands.ExecuteCommandAsync(
            ended.ResourceId, KnownResourceCommands.StartCommand, patience.Token);
        await App.ResourceNotifications.WaitForResourceAsync(
            name,
            change => change.ResourceId == ended.ResourceId
                && change.Snapshot.HealthStatus == HealthStatus.Healthy,
            patience.Token);
    }

    /// <summary>Empties Redis, as lost servers would be.</summary>
    public async Task FlushRedisAsync()
    {
        using var admin = await AdministerRedisAsync();
        foreach (var endPoint in admin.GetEndPoints())
        {
            await admin.GetServer(endPoint).FlushAllDatabasesAsync();
        }
    }

    /// <summary>A connection to the bank's Redis that may do everything.</summary>
    public async Task<ConnectionMultiplexer> AdministerRedisAsync() => await ConnectionMultiplexer.ConnectAsync(
        $"{await App.GetConnectionStringAsync("redis")},allowAdmin=true");

    /// <summary>Stops or starts a resource, and waits until it is so.</summary>
    private async Task CommandAsync(string name, string command, params string[] untilStates)
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        var done = await App.ResourceCommands.ExecuteCommandAsync(name, command, patience.Token);
        Assert.True(done.Success, done.Message);
        await App.ResourceNotifications.WaitForResourceAsync(name, untilStates, patience.Token);
    }

    private static Process? Running(int processId) => Array.Find(
        Process.GetProcesses(),
        process => process.Id == processId && process.ProcessName is ("dotnet" or "ProjectionService"));

    private string[] Executables(Func<string, bool> isWanted) =>
    [
        .. App.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .OfType<ExecutableResource>().Select(resource => resource.Name).Where(isWanted).Order(),
    ];
}
