using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>What QueryService tells of a bank that runs: the rest is in BankAccounts.Query.Tests.</summary>
[Collection(SharedBank.Name)]
public sealed class QueryTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task A_watcher_hears_of_every_change_while_a_projector_is_killed_and_the_statement_agrees()
    {
        var account = await bank.OpenAccountAsync(balance: 0);
        Assert.True(AccountId.TryParse(account, out var id));
        using var watch = bank.Queries.WatchAccount(new() { AccountId = account }, deadline: Bank.In(120));
        var first = await NextAsync(watch);
        Assert.Equal(1, first.Account.Version);

        const int deposits = 700;
        var paying = PayAsync(account, deposits);
        for (var version = 2; version <= deposits + 1; version++)
        {
            var change = await NextAsync(watch);
            Assert.Equal((version, version - 1), (change.Account.Version, change.Account.Balance));
            if (version == deposits / 2)
            {
                await bank.KillProjectorAsync(id.Partition);
            }
        }
        await paying;
        await bank.StartEndedReplicasAsync("projection-service");

        using var statement = bank.Queries.GetStatement(new() { AccountId = account }, deadline: Bank.In(60));
        var parts = new List<GetStatementResponse>();
        await foreach (var part in statement.ResponseStream.ReadAllAsync())
        {
            parts.Add(part);
        }
        Assert.Equal((deposits, deposits + 1), (parts[^1].Footer.ClosingBalance, parts[^1].Footer.LineCount));
        Assert.Equal(
            Enumerable.Range(1, deposits + 1),
            parts.Skip(1).SkipLast(1).SelectMany(part => part.Lines.Lines).Select(line => (int)line.Number));
        Assert.Equal(300, (await bank.Queries.GetAccountAsync(new() { AccountId = account, AsOfVersion = 301 })).Account.Balance);

        // The owner has sealed what is old, beside its commits.
        var database = (await bank.RedisAsync()).GetDatabase();
        var keys = new RedisKeys(id.Partition, (long)await database.HashGetAsync(RedisKeys.Root(id.Partition), "generation"));
        await Eventually.BecomesTrue(
            async () => await database.HashLengthAsync(keys.Pages(id)) > 0, "the oldest entries are in a page");
        var verdict = await bank.VerifyAsync(id.Partition);
        Assert.True(verdict.Equal, verdict.Difference?.ToString());
    }

    [Fact]
    public async Task A_transfer_is_found_by_its_request_and_stands_in_both_histories()
    {
        var from = await bank.OpenAccountAsync(balance: 1_000);
        var to = await bank.OpenAccountAsync(balance: 0);
        var answer = await bank.Commands.TransferAsync(
            new() { FromAccountId = from, ToAccountId = to, Amount = 300, RequestId = "rent", Description = "november" },
            deadline: Bank.In(30));

        var byRequest = await bank.Queries.GetDecisionAsync(new() { AccountId = from, RequestId = "rent" });
        Assert.Equal(answer.Decision, byRequest.Decision);
        var byPosition = await bank.Queries.GetDecisionAsync(new() { Position = answer.Decision.Position });
        Assert.Equal(answer.Decision, byPosition.Decision);

        var sent = (await bank.Queries.ListHistoryAsync(new() { AccountId = from })).Entries;
        Assert.Equal(
            [EntryKind.TransferSettled, EntryKind.TransferOut, EntryKind.Deposit, EntryKind.Create],
            sent.Select(entry => entry.Kind));
        var received = (await bank.Queries.ListHistoryAsync(new() { AccountId = to })).Entries[0];
        Assert.Equal(
            (EntryKind.TransferIn, 300, "november", from),
            (received.Kind, received.Amount, received.Description, received.CounterpartyAccountId));
    }

    [Fact]
    public async Task Every_account_of_the_bank_is_listed_once()
    {
        var name = $"Listed {Guid.NewGuid()}";
        var opened = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            var created = await bank.Commands.CreateAccountAsync(new() { HolderName = $"{name} {i}" }, deadline: Bank.In(30));
            opened.Add(created.AccountId);
        }
        var listed = new List<string>();
        var request = new ListAccountsRequest { HolderNamePrefix = name, PageSize = 4 };
        do
        {
            var page = await bank.Queries.ListAccountsAsync(request);
            listed.AddRange(page.Accounts.Select(account => account.AccountId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(opened.Order(), listed.Order());
    }

    /// <summary>Pays in 1 again and again, each once, whatever becomes of an answer.</summary>
    private async Task PayAsync(string account, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var request = new DepositRequest { AccountId = account, Amount = 1, RequestId = $"{i}" };
            while (true)
            {
                try
                {
                    await bank.Commands.DepositAsync(request, deadline: Bank.In(10));
                    break;
                }
                catch (RpcException unknown) when (
                    unknown.StatusCode is StatusCode.DeadlineExceeded or StatusCode.Unavailable)
                {
                    // The same request again gets the first decision.
                }
            }
        }
    }

    private static async Task<WatchAccountResponse> NextAsync(AsyncServerStreamingCall<WatchAccountResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        return watch.ResponseStream.Current;
    }
}
