using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Tests.Foreign;
using BankAccounts.V1;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// Commands of a client that this project did not write, decided by a real ledger: each refusal that can be
/// provoked in seconds. (CHANNEL_FULL would take 100,000 transfers on a halted channel, ACCOUNT_EXISTS a request
/// that is forgotten.)
/// </summary>
[Collection(SharedBank.Name)]
public sealed class ForeignCommandTests(BankFixture fixture)
{
    private const string Service = "bankaccounts.v1.CommandService/";
    private const long Most = 1_000_000_000_000_000;

    private readonly Bank bank = fixture.Bank;
    private readonly string address = fixture.Bank.AddressOf("command-service");

    [Fact]
    public async Task The_ledgers_refusals_reach_a_foreign_client()
    {
        var rich = await bank.OpenAccountAsync(balance: 100);
        var empty = await bank.OpenAccountAsync(balance: 0);
        var closed = await bank.OpenAccountAsync(balance: 0);
        var euros = (await bank.Commands.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Lise Meitner", CurrencyCode = "EUR" }, deadline: Bank.In(30))).AccountId;
        await bank.Commands.CloseAccountAsync(new CloseAccountRequest { AccountId = closed }, deadline: Bank.In(30));
        var missing = AccountId.FromRequestId(Guid.NewGuid().ToString(), Bank.Partitions).ToString();
        var full = await FillAsync();
        var giver = await bank.OpenAccountAsync(balance: Most);
        var twice = Guid.NewGuid().ToString();

        (string? Reason, ForeignCall Call)[] table =
        [
            (null, Call("CreateAccount", new { holder_name = "Ada", request_id = twice })),
            ("REQUEST_ID_REUSED", Call("CreateAccount", new { holder_name = "Eve", request_id = twice })),
            ("ACCOUNT_NOT_FOUND", Call("Deposit", new { account_id = missing, amount = 1 })),
            ("ACCOUNT_CLOSED", Call("Deposit", new { account_id = closed, amount = 1 })),
            ("CURRENCY_MISMATCH", Call("Deposit", new { account_id = rich, amount = 1, currency_code = "EUR" })),
            ("BALANCE_LIMIT", Call("Deposit", new { account_id = full, amount = $"{Most}" })),
            ("INSUFFICIENT_FUNDS", Call("Withdraw", new { account_id = empty, amount = 1 })),
            ("SAME_ACCOUNT", Call("Transfer", Payment(rich, rich))),
            ("INSUFFICIENT_FUNDS", Call("Transfer", Payment(empty, rich))),
            ("DESTINATION_NOT_FOUND", Call("Transfer", Payment(rich, missing))),
            ("DESTINATION_NOT_FOUND", Call("Transfer", Payment(rich, "ffff" + rich[4..]))),
            ("DESTINATION_CLOSED", Call("Transfer", Payment(rich, closed))),
            ("DESTINATION_CURRENCY_MISMATCH", Call("Transfer", Payment(rich, euros))),
            ("DESTINATION_BALANCE_LIMIT", Call("Transfer", Payment(giver, full, Most))),
            ("BALANCE_NOT_ZERO", Call("CloseAccount", new { account_id = rich })),
            (null, Call("Withdraw", new { account_id = rich, amount = 99 })),
            (null, Call("Deposit", new { account_id = rich, amount = 99, wait_for = "WAIT_FOR_STORED" })),
            (null, Call("Deposit", new { account_id = rich, amount = "1", wait_for = "WAIT_FOR_DECIDED" })),
        ];
        var outcomes = await ForeignCalls.MakeAsync(address, [.. table.Select(row => row.Call)]);

        foreach (var (row, outcome) in table.Zip(outcomes))
        {
            Assert.Equal(row.Reason ?? "OK", outcome.Error?.Info.Reason ?? outcome.Code);
            if (outcome.Error is { } error)
            {
                var reason = Reasons.All[row.Reason!];
                Assert.Equal((int)reason.Code, error.Status.Code);
                Assert.Equal(reason.Metadata.Order(), error.Info.Metadata.Keys.Order());
            }
        }
        Assert.Equal("OUTCOME_STORED", outcomes[^2].Answer.GetProperty("decision").GetProperty("outcome").GetString());
        // Every refused transfer's money is back.
        Assert.Equal("101", outcomes[^1].Answer.GetProperty("decision").GetProperty("balance").GetString());
    }

    [Fact]
    public async Task In_a_stream_the_ledger_decides_in_the_order_in_which_it_was_asked()
    {
        var account = await bank.OpenAccountAsync(balance: 0);
        var other = await bank.OpenAccountAsync(balance: 0);
        object[] commands =
        [
            new { tag = "1", deposit = new { account_id = account, amount = 10 } },
            new { tag = "2", withdraw = new { account_id = account, amount = 11 } },
            new { tag = "3", transfer = Payment(account, other, amount: 10) },
            new { tag = "4", close_account = new { account_id = account } },
            new { tag = "5", withdraw = new { account_id = account, amount = 1 } },
        ];

        var outcome = Assert.Single(await ForeignCalls.MakeAsync(
            address, new ForeignCall(Service + "Execute", Requests: [new { commands }])));

        Assert.Equal("OK", outcome.Code);
        var results = outcome.Answers.SelectMany(answer => answer.GetProperty("results").EnumerateArray())
            .ToDictionary(result => result.GetProperty("tag").GetString()!);
        Assert.Equal("10", results["1"].GetProperty("deposit").GetProperty("decision").GetProperty("balance").GetString());
        Assert.Equal("INSUFFICIENT_FUNDS", ForeignCalls.ErrorIn(results["2"]).Info.Reason);
        Assert.Equal(
            "OUTCOME_ACCEPTED", results["3"].GetProperty("transfer").GetProperty("decision").GetProperty("outcome").GetString());
        // Decided right behind the transfer, which cannot be settled by then.
        Assert.Equal("TRANSFERS_UNSETTLED", ForeignCalls.ErrorIn(results["4"]).Info.Reason);
        Assert.Equal("INSUFFICIENT_FUNDS", ForeignCalls.ErrorIn(results["5"]).Info.Reason);
    }

    [Fact]
    public async Task What_was_only_stored_is_decided_all_the_same()
    {
        var account = await bank.OpenAccountAsync(balance: 0);
        using var call = bank.Commands.Execute(deadline: Bank.In(60));
        for (var batch = 0; batch < 5; batch++)
        {
            var request = new ExecuteRequest();
            request.Commands.AddRange(Enumerable.Range(0, 1_000).Select(tag => new Command
            {
                Tag = (ulong)tag,
                Deposit = new DepositRequest { AccountId = account, Amount = 1, WaitFor = WaitFor.Stored },
            }));
            await call.RequestStream.WriteAsync(request);
        }
        await call.RequestStream.CompleteAsync();
        var stored = new List<Position>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            stored.AddRange(call.ResponseStream.Current.Results.Select(result => result.Deposit.Decision.Position));
        }

        Assert.Equal(5_000, stored.Count);
        Assert.Equal(5_000, (await bank.GetAccountAsync(account, after: stored.MaxBy(place => place.Offset))).Balance);
    }

    private static ForeignCall Call(string method, object request) => new(Service + method, request);

    private static object Payment(string from, string to, long amount = 1) =>
        new { from_account_id = from, to_account_id = to, amount = $"{amount}" };

    /// <summary>An account that holds nearly as much as an account can.</summary>
    private async Task<string> FillAsync()
    {
        var account = await bank.OpenAccountAsync(balance: 0);
        using var call = bank.Commands.Execute(deadline: Bank.In(60));
        var left = (int)(long.MaxValue / Most);
        while (left > 0)
        {
            var request = new ExecuteRequest();
            request.Commands.AddRange(Enumerable.Range(0, Math.Min(left, 1_000)).Select(_ => new Command
            {
                Deposit = new DepositRequest { AccountId = account, Amount = Most },
            }));
            left -= request.Commands.Count;
            await call.RequestStream.WriteAsync(request);
        }
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            Assert.All(call.ResponseStream.Current.Results, result => Assert.Null(result.Error));
        }
        return account;
    }
}
