using BankAccounts.Tests.Servers;
using BankAccounts.V1;

namespace BankAccounts.EndToEnd.Tests;

public sealed class RestartTests
{
    /// <summary>How many replicas there are makes no difference here, only to how long a start takes.</summary>
    private static readonly string[] Small = ["--command-services=1", "--projectors=1"];

    [Fact]
    public async Task A_restart_of_everything_keeps_all_balances_and_fresh_begins_with_none()
    {
        var folder = Bank.NewDataFolder();
        try
        {
            var balances = new Dictionary<string, long>();
            await using (var bank = await Bank.StartAsync(folder, Small))
            {
                for (var number = 0; number < 20; number++)
                {
                    balances.Add(await bank.OpenAccountAsync(number * 100), number * 100);
                }
            }
            await using (var bank = await Bank.StartAsync(folder, Small))
            {
                foreach (var (account, balance) in balances)
                {
                    Assert.Equal(balance, (await bank.GetAccountAsync(account)).Balance);
                }
                var last = balances.Keys.Last();
                var decision = (await bank.Commands.WithdrawAsync(
                    new WithdrawRequest { AccountId = last, Amount = 1 }, deadline: Bank.In(30))).Decision;
                Assert.Equal(1_899, decision.Balance);
            }
            await using (var bank = await Bank.StartAsync(folder, [.. Small, "--fresh"]))
            {
                // A new partition is not there for readers before a projector has begun with it.
                await Eventually.BecomesTrue(
                    async () => (await Refusal.OfAsync(bank.Queries.GetAccountAsync(
                        new GetAccountRequest { AccountId = balances.Keys.First() })))
                        .Reason == "ACCOUNT_NOT_FOUND",
                    "the account is not known any more");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
