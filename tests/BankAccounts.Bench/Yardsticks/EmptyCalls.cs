using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Echo;
using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Processes;

namespace BankAccounts.Bench.Yardsticks;

/// <summary>A gRPC call that does nothing, to servers in processes of their own.</summary>
internal sealed class EmptyCalls : IDisposable
{
    private const int ConnectionsPerServer = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly CallRequest Nothing = new();

    private readonly Companion[] servers;
    private readonly Connections connections;
    private readonly EchoService.EchoServiceClient[] clients;

    /// <param name="servers">How many: as many as there are replicas of CommandService.</param>
    public EmptyCalls(int servers)
    {
        this.servers = [.. Enumerable.Range(0, servers).Select(_ => new Companion(EchoServer.Argument))];
        connections = new Connections([.. this.servers.Select(server => server.Address)], ConnectionsPerServer);
        clients = [.. connections.Invokers.Select(invoker => new EchoService.EchoServiceClient(invoker))];
    }

    /// <summary>So many calls under way.</summary>
    public Task<Sample> RunAsync(int inFlight, TimeSpan duration) =>
        ClosedLoop.RunAsync(inFlight, duration, CallAsync);

    /// <summary>One call.</summary>
    /// <param name="caller">Whose it is: each has its connection.</param>
    public async Task CallAsync(int caller) =>
        await clients[caller % clients.Length].CallAsync(Nothing, deadline: DateTime.UtcNow + Deadline);

    public void Dispose()
    {
        connections.Dispose();
        Array.ForEach(servers, server => server.Dispose());
    }
}
