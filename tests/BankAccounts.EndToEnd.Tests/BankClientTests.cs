using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using BankAccounts.Client;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>The client package against a bank whose processes are killed.</summary>
[Collection(SharedBank.Name)]
public sealed class BankClientTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task Through_kills_of_both_ends_every_payment_is_decided_once_and_seen_by_the_next_read()
    {
        const int payers = 4, payments = 60;
        var account = await bank.OpenAccountAsync(balance: 0);
        Assert.True(AccountId.TryParse(account, out var id));
        var paid = 0;

        var paying = Enumerable.Range(0, payers).Select(_ => PayAsync()).ToArray();
        await Eventually.BecomesTrue(() => Task.FromResult(Volatile.Read(ref paid) >= 40), "40 payments");
        await KillCommandServiceAsync();
        await Eventually.BecomesTrue(() => Task.FromResult(Volatile.Read(ref paid) >= 120), "120 payments");
        await bank.KillProjectorAsync(id.Partition);
        await Task.WhenAll(paying);

        Assert.Equal(payers * payments, (await bank.GetAccountAsync(account)).Balance);
        await bank.StartEndedReplicasAsync("command-service");
        await bank.StartEndedReplicasAsync("projection-service");

        async Task PayAsync()
        {
            var client = bank.NewClient();
            for (var payment = 0; payment < payments; payment++)
            {
                var answer = await client.DepositAsync(new DepositRequest { AccountId = account, Amount = 1 });
                Assert.Equal(Outcome.Accepted, answer.Decision.Outcome);
                var read = await client.GetAccountAsync(new GetAccountRequest { AccountId = account });
                Assert.True(read.Account.Version >= answer.Decision.Version);
                Interlocked.Increment(ref paid);
            }
        }
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_reason()
    {
        var account = await bank.OpenAccountAsync(balance: 7);
        var refused = await Assert.ThrowsAsync<BankException>(() => bank.NewClient().WithdrawAsync(
            new WithdrawRequest { AccountId = account, Amount = 8 }));
        Assert.Equal(
            ("INSUFFICIENT_FUNDS", "7", false),
            (refused.Reason, refused.Metadata["balance"], refused.IsOutcomeUnknown));
    }

    private async Task KillCommandServiceAsync()
    {
        var replica = await bank.App.ResourceNotifications.WaitForResourceAsync(
            "command-service", change => change.Snapshot.HealthStatus == HealthStatus.Healthy);
        var processId = replica.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value;
        using var process = Process.GetProcessById(Convert.ToInt32(processId, CultureInfo.InvariantCulture));
        process.Kill();
        await process.WaitForExitAsync();
    }
}
