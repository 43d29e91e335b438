using System.Diagnostics;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

[Collection(SharedBank.Name)]
public sealed class FailureTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task A_projector_killed_in_the_middle_loses_nothing_and_doubles_nothing()
    {
        var account = await bank.OpenAccountAsync(balance: 0);
        Assert.True(AccountId.TryParse(account, out var id));
        var paid = 0;

        var payers = Enumerable.Range(0, 4)
            .Select(payer => PayAsync(payer, account, payments: 100, () => Interlocked.Increment(ref paid)))
            .ToArray();
        await Eventually.BecomesTrue(() => Task.FromResult(Volatile.Read(ref paid) >= 50), "50 payments");
        var killed = await bank.KillProjectorAsync(id.Partition);
        await Task.WhenAll(payers);

        Assert.NotEqual(killed, await bank.OwnerProcessAsync(id.Partition));
        var decision = (await bank.Commands.DepositAsync(
            new DepositRequest { AccountId = account, Amount = 1 }, deadline: Bank.In(30))).Decision;
        Assert.Equal((401, 402), (decision.Balance, decision.Version));
        await bank.StartEndedReplicasAsync("projection-service");
    }

    [Fact]
    public async Task While_Redis_is_away_nothing_is_written_and_it_says_so_and_afterwards_all_is_well()
    {
        var account = await bank.OpenAccountAsync(balance: 10);
        await bank.StopAsync(bank.RedisServers);
        try
        {
            await Eventually.BecomesTrue(
                async () => await CodeOfAsync(DepositAsync(account)) == "UNAVAILABLE",
                "commands are refused as unavailable");
            var query = await Refusal.OfAsync(bank.Queries.GetAccountAsync(
                new GetAccountRequest { AccountId = account }, deadline: Bank.In(10)));
            Assert.Equal((StatusCode.Unavailable, "REDIS_UNAVAILABLE"), (query.Code, query.Reason));
            await HealthBecomesAsync(false, "command-service", "query-service", "projection-service");
        }
        finally
        {
            await bank.StartAgainAsync(bank.RedisServers);
        }
        await WorksAgainAsync(account);
    }

    [Fact]
    public async Task While_Kafka_is_away_commands_are_unavailable_or_unknown_within_their_deadline()
    {
        var account = await bank.OpenAccountAsync(balance: 10);
        await bank.StopAsync(bank.Brokers);
        try
        {
            var clock = Stopwatch.StartNew();
            var first = await CodeOfAsync(DepositAsync(account));
            Assert.True(first is "UNAVAILABLE" or "OUTCOME_UNKNOWN", first);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(9), $"It took {clock.Elapsed}.");
            await Eventually.BecomesTrue(
                async () => await CodeOfAsync(DepositAsync(account)) == "UNAVAILABLE",
                "commands are refused as unavailable");
            Assert.Equal(10, (await bank.GetAccountAsync(account)).Balance);
            await HealthBecomesAsync(false, "command-service", "projection-service");
            await HealthBecomesAsync(true, "query-service");
        }
        finally
        {
            await bank.StartAgainAsync(bank.Brokers);
        }
        await WorksAgainAsync(account);
    }

    /// <summary>The same request until its outcome is known, as a careful client does it.</summary>
    private async Task PayAsync(int payer, string account, int payments, Action paid)
    {
        var client = bank.NewCommands();
        for (var payment = 0; payment < payments; payment++)
        {
            var request = new DepositRequest
            {
                AccountId = account,
                Amount = 1,
                RequestId = $"payer {payer}, payment {payment}",
            };
            await Eventually.BecomesTrue(
                async () => await CodeOfAsync(client.DepositAsync(request, deadline: Bank.In(5))) == "OK",
                $"{request.RequestId} is accepted",
                TimeSpan.FromSeconds(60));
            paid();
        }
    }

    private AsyncUnaryCall<DepositResponse> DepositAsync(string account) =>
        bank.Commands.DepositAsync(
            new DepositRequest { AccountId = account, Amount = 1 }, deadline: Bank.In(8));

    private static async Task<string> CodeOfAsync(AsyncUnaryCall<DepositResponse> call)
    {
        try
        {
            await call.ResponseAsync;
            return "OK";
        }
        catch (RpcException error) when (error.GetRpcStatus() is not null)
        {
            var refusal = Refusal.Of(error);
            return refusal.Code == StatusCode.Unavailable ? "UNAVAILABLE" : refusal.Reason;
        }
        catch (RpcException error)
        {
            return $"{error.StatusCode} without details";
        }
    }

    private async Task WorksAgainAsync(string account)
    {
        await Eventually.BecomesTrue(
            async () => await CodeOfAsync(DepositAsync(account)) == "OK",
            "deposits are accepted again",
            TimeSpan.FromSeconds(60));
        Assert.True((await bank.GetAccountAsync(account)).Balance > 10);
        await EveryPartitionDecidesAsync();
        await HealthBecomesAsync(true, "command-service", "query-service", "projection-service");
    }

    /// <summary>New accounts come to be in all partitions, of which each may take its own time to recover.</summary>
    private async Task EveryPartitionDecidesAsync()
    {
        var decided = new HashSet<int>();
        await Eventually.BecomesTrue(
            async () =>
            {
                try
                {
                    var created = await bank.Commands.CreateAccountAsync(
                        new CreateAccountRequest { HolderName = "Grace Hopper" }, deadline: Bank.In(2));
                    decided.Add(created.Decision.Position.Partition);
                }
                catch (RpcException)
                {
                    // Chance comes back to that partition.
                }
                return decided.Count == Bank.Partitions;
            },
            "every partition decides again",
            TimeSpan.FromSeconds(90));
    }

    private async Task HealthBecomesAsync(bool isServing, params string[] services)
    {
        foreach (var service in services)
        {
            await Eventually.BecomesTrue(
                async () => await bank.IsServingAsync(service) == isServing,
                $"{service} is {(isServing ? "serving" : "not serving")}",
                TimeSpan.FromSeconds(60));
        }
    }
}
