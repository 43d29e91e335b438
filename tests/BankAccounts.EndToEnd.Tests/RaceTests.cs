using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

[Collection(SharedBank.Name)]
public sealed class RaceTests(BankFixture fixture)
{
    private const int Connections = 10;

    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task Both_replicas_race_500_withdrawals_of_1_against_300_and_exactly_300_are_accepted()
    {
        var account = await bank.OpenAccountAsync(balance: 300);
        Assert.True(AccountId.TryParse(account, out var id));
        var before = await bank.AppendedByProcessAsync(id.Partition);

        var clients = Enumerable.Range(0, Connections).Select(_ => bank.NewCommands()).ToArray();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(
            number => WithdrawOneAsync(clients[number % Connections], account)));

        Assert.Equal(300, outcomes.Count(reason => reason.Length == 0));
        Assert.Equal(200, outcomes.Count(reason => reason == "INSUFFICIENT_FUNDS"));
        Assert.Equal(0, (await bank.GetAccountAsync(account)).Balance);

        var after = await bank.AppendedByProcessAsync(id.Partition);
        var served = after.Select(process => process.Value - before.GetValueOrDefault(process.Key)).ToList();
        Assert.Equal(500, served.Sum());
        Assert.Equal(2, served.Count(records => records > 0));
    }

    private static async Task<string> WithdrawOneAsync(
        CommandService.CommandServiceClient client, string account)
    {
        try
        {
            await client.WithdrawAsync(
                new WithdrawRequest { AccountId = account, Amount = 1 }, deadline: Bank.In(60));
            return string.Empty;
        }
        catch (RpcException refused)
        {
            return Refusal.Of(refused).Reason;
        }
    }
}
