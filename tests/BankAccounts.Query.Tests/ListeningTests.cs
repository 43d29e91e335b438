using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>Commits wake this service only while somebody waits for one.</summary>
public sealed class ListeningTests(QueryHost host) : QueryTest(host)
{
    [Fact]
    public async Task Commits_are_listened_to_while_somebody_watches_and_no_longer()
    {
        await GivenAsync(Create(Alice));
        await NobodyListensAsync();
        using (var watch = Queries.WatchAccount(new() { AccountId = Alice.ToString() }, deadline: QueryHost.In(60)))
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            await Eventually.BecomesTrue(
                async () => await ListenersAsync() == 1, "the service listens", TimeSpan.FromSeconds(30));
            await GivenAsync(Deposit(Alice, 4));
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(4, watch.ResponseStream.Current.Account.Balance);
        }
        await NobodyListensAsync();
    }

    [Fact]
    public async Task A_read_that_waits_is_woken_however_long_nobody_waited_before()
    {
        await GivenAsync(Create(Alice));
        await NobodyListensAsync();
        var request = new GetAccountRequest { AccountId = Alice.ToString(), MinPosition = { At(Partition, 1) } };
        var reading = Queries.GetAccountAsync(request, deadline: QueryHost.In(60)).ResponseAsync;
        await Eventually.BecomesTrue(
            async () => await ListenersAsync() == 1, "the service listens", TimeSpan.FromSeconds(30));
        await GivenAsync(Deposit(Alice, 4));
        Assert.Equal(4, (await reading).Account.Balance);
    }

    [Fact]
    public async Task What_is_read_without_waiting_makes_nobody_listen()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 4));
        await NobodyListensAsync();
        var request = new GetAccountRequest { AccountId = Alice.ToString(), MinPosition = { At(Partition, 1) } };
        Assert.Equal(4, (await Queries.GetAccountAsync(request, deadline: QueryHost.In(60))).Account.Balance);
        Assert.Equal(0, await ListenersAsync());
    }

    private Task NobodyListensAsync() => Eventually.BecomesTrue(
        async () => await ListenersAsync() == 0, "nobody listens", TimeSpan.FromSeconds(30));

    private async Task<long> ListenersAsync() => (long)await Host.Database.ExecuteAsync("PUBSUB", "NUMPAT");
}
