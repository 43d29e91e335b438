using BankAccounts.Tests.Servers;
using Grpc.Core;

namespace BankAccounts.Commands.Tests;

/// <summary>What becomes of calls that are under way when the process is told to stop.</summary>
public sealed class StoppingTests
{
    private const int Calls = 100;

    /// <summary>The channel does not try again: each of its calls is one call.</summary>
    [Fact]
    public async Task Every_call_that_is_under_way_is_answered_with_its_decision()
    {
        await using var host = new CommandHost();
        await host.InitializeAsync();
        var appended = new List<Appended>();
        var all = new TaskCompletionSource();
        host.OnAppended(one =>
        {
            appended.Add(one);
            if (appended.Count == Calls)
            {
                all.SetResult();
            }
            return Task.CompletedTask;
        });
        using var channel = host.NewChannel();
        var client = new V1.CommandService.CommandServiceClient(channel);
        var calls = Enumerable.Range(0, Calls).Select(_ => Outcomes.CodeAsync(
            client.DepositAsync(Requests.Deposit(), deadline: CommandHost.In(30)))).ToList();
        await all.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var stopping = host.StopAsync();
        Assert.True(host.IsStopping);
        await Eventually.BecomesTrue(
            async () => await IsRefusedAsync(host), "a new connection finds nobody there");
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        foreach (var one in appended)
        {
            await host.AcceptAsync(one);
        }

        Assert.All(await Task.WhenAll(calls), code => Assert.Equal(StatusCode.OK, code));
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<bool> IsRefusedAsync(CommandHost host)
    {
        using var channel = host.NewChannel();
        return await Outcomes.CodeAsync(new V1.CommandService.CommandServiceClient(channel).DepositAsync(
            Requests.Deposit(), deadline: CommandHost.In(5))) == StatusCode.Unavailable;
    }
}
