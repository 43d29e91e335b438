using Aspire.Hosting.ApplicationModel;
using BankAccounts.AppHost.Commands;

namespace BankAccounts.EndToEnd.Tests.Dashboard;

/// <summary>The bank's own commands, given as a dashboard gives them.</summary>
[Collection(SharedBank.Name)]
public sealed class ResourceCommandTests(BankFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task Demo_data_is_added_once()
    {
        await RunAsync("command-service", BankCommands.AddDemoData);
        var again = await RunAsync("command-service", BankCommands.AddDemoData);

        Assert.Equal((true, "The demo data was there already; nothing was added."), (again.Success, again.Message));
        Assert.Contains("Ada Lovelace", again.Data?.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_is_verified()
    {
        await bank.OpenAccountAsync(balance: 7);

        var verified = await RunAsync("projection-service", BankCommands.VerifyLedger);

        Assert.True(verified.Success, verified.Message);
        Assert.Contains($"{Bank.Partitions} partitions", verified.Message, StringComparison.Ordinal);
        Assert.Contains("= deposits", verified.Data?.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_is_rebuilt()
    {
        using var patience = new CancellationTokenSource(Patience);
        var rebuilt = await RebuildPartition.RebuildAsync(bank.Ledger, partition: 3, patience.Token);

        Assert.True(rebuilt.Success, rebuilt.Message);
        Assert.StartsWith("Partition 3 was built anew", rebuilt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_no_partition_is_rebuilt()
    {
        var refused = await RunAsync("projection-service", BankCommands.RebuildPartition);

        Assert.False(refused.Success);
        Assert.Contains("no dashboard", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_says_what_became_of_it_and_there_is_one_at_a_time()
    {
        using var patience = new CancellationTokenSource(Patience);
        var load = new LoadCommand(TimeSpan.FromSeconds(2));

        var first = load.RunAsync(bank.NewClient(), patience.Token);
        var second = await load.RunAsync(bank.NewClient(), patience.Token);

        Assert.Equal((false, "A load is under way already."), (second.Success, second.Message));
        var report = await first;
        Assert.True(report.Success, report.Message);
        Assert.Matches("^[1-9][0-9]* decisions/s", report.Message);
    }

    /// <summary>Gives a command to one replica, once that is ready for it.</summary>
    private async Task<ExecuteCommandResult> RunAsync(string resource, string command)
    {
        using var patience = new CancellationTokenSource(Patience);
        var replica = await bank.App.ResourceNotifications.WaitForResourceAsync(
            resource,
            change => change.Snapshot.Commands.Any(
                known => known.Name == command && known.State == ResourceCommandState.Enabled),
            patience.Token);
        return await bank.App.ResourceCommands.ExecuteCommandAsync(replica.ResourceId, command, patience.Token);
    }
}
