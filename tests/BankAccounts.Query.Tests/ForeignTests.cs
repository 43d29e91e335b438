using System.Text.Json;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Tests.Foreign;
using BankAccounts.Tests.Servers;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>Every method, good and bad, as a client sees it that this project did not write.</summary>
public sealed class ForeignTests(QueryHost host) : QueryTest(host)
{
    private const string Service = "bankaccounts.v1.QueryService/";

    private static readonly string AliceId = Alice.ToString(), Nowhere = Id(1, 900).ToString();

    private static readonly object Backwards = new
    {
        account_id = AliceId,
        start_time = new { seconds = 10 },
        end_time = new { seconds = 9 },
    };

    [Fact]
    public async Task Every_method_answers_and_says_which_position_it_reflects()
    {
        var carol = Id(52, 4);
        Log.Append(Create(Alice).At(StartMs)).Append(Create(carol, "Carol")).Append(Deposit(Alice, 100, description: "gift").As("r1"))
            .Append(Withdraw(Alice, 500)).Append(Transfer(Alice, carol, 30)).Credit(3, 4, 1).Settle(4);
        await Host.FoldAsync(Log);

        var answers = await CallAsync(
            ("GetAccount", new { account_id = AliceId }, null),
            ("GetAccount", new { account_id = AliceId, as_of_version = "2" }, null),
            ("GetAccount", new { account_id = AliceId, as_of_time = new { seconds = StartMs / 1_000 } }, null),
            ("ListAccounts", new { page_size = 1, holder_name_prefix = "C", state = "ACCOUNT_STATE_OPEN" }, null),
            ("ListHistory", new { account_id = AliceId, outcome = "OUTCOME_REJECTED" }, null),
            ("GetStatement", new { account_id = AliceId }, null),
            ("WatchAccount", new { account_id = AliceId, from_version = "2" }, 3),
            ("GetTransfer", new { transfer_id = "3-3" }, null),
            ("GetDecision", new { account_id = AliceId, request_id = "r1" }, null),
            ("GetDecision", new { position = new { partition = 3, offset = "2" } }, null));

        Assert.Equal("70", Text(answers[0].Answer, "account", "balance"));
        Assert.Equal("4", Text(answers[0].Answer, "position", "offset"));
        Assert.Equal("100", Text(answers[1].Answer, "account", "balance"));
        Assert.Equal("2", Text(answers[2].Answer, "account", "version"));
        Assert.Equal("Carol", answers[3].Answer.GetProperty("accounts")[0].GetProperty("holder_name").GetString());
        Assert.Equal("INSUFFICIENT_FUNDS", Text(answers[4].Answer.GetProperty("entries")[0], "decision", "reason"));
        Assert.Equal(["header", "lines", "footer"], answers[5].Answers.Select(part => part.GetProperty("part").GetString()));
        Assert.Equal("70", Text(answers[5].Answers[2], "footer", "closing_balance"));
        Assert.Equal(["4", "3", "4"], answers[6].Answers.Select(part => Text(part, "account", "version")));
        Assert.Equal("ENTRY_KIND_TRANSFER_OUT", Text(answers[6].Answers[1], "entry", "kind"));
        Assert.Equal("TRANSFER_STATE_SETTLED", Text(answers[7].Answer, "transfer", "state"));
        Assert.Equal("100", Text(answers[8].Answer, "decision", "balance"));
        Assert.Equal("OUTCOME_REJECTED", Text(answers[9].Answer, "decision", "outcome"));
        // A watcher ends by its caller's will; everything else by itself.
        Assert.Equal(["CANCELLED"], answers.Select(answer => answer.Code).Where(code => code != "OK"));
    }

    [Fact]
    public async Task Every_malformed_field_is_named()
    {
        await GivenAsync(Create(Alice));
        (string Method, object Request, string[] Fields)[] rows =
        [
            ("GetAccount", new { }, ["account_id"]),
            ("GetAccount", new { account_id = AliceId, as_of_version = "0" }, ["as_of_version"]),
            ("GetAccount", new { account_id = AliceId, as_of_time = new { nanos = -1 } }, ["as_of_time"]),
            ("GetAccount", new { account_id = AliceId, min_position = new[] { new { partition = 8 } } }, ["min_position"]),
            ("ListAccounts", new { page_size = -1, page_token = "x", holder_name_prefix = "a\nb", state = 9 },
                ["page_size", "page_token", "holder_name_prefix", "state"]),
            ("ListAccounts", new { min_position = new[] { new { offset = "-1" } } }, ["min_position"]),
            ("ListHistory", new { page_size = -1, page_token = "x", kinds = new[] { 99 }, outcome = 9 },
                ["account_id", "page_size", "page_token", "kinds", "outcome"]),
            ("ListHistory", Backwards, ["end_time"]),
            ("GetStatement", new { account_id = "?" }, ["account_id"]),
            ("GetStatement", new { account_id = AliceId, start_time = new { seconds = "300000000000" } }, ["start_time"]),
            ("GetStatement", Backwards, ["end_time"]),
            ("WatchAccount", new { from_version = "-1" }, ["account_id", "from_version"]),
            ("GetTransfer", new { transfer_id = "three-4" }, ["transfer_id"]),
            ("GetDecision", new { }, ["position"]),
            ("GetDecision", new { request_id = "r" }, ["account_id"]),
            ("GetDecision", new { position = new { partition = -1 } }, ["position"]),
        ];
        var outcomes = await CallAsync([.. rows.Select(row => (row.Method, row.Request, (int?)null))]);
        foreach (var (row, outcome) in rows.Zip(outcomes))
        {
            Assert.Equal("INVALID_ARGUMENT", outcome.Error?.Info.Reason);
            Assert.Equal(row.Fields.Order(), outcome.Error!.Fields.Order());
        }
    }

    [Fact]
    public async Task Every_reason_comes_with_its_status_and_its_metadata()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 5).As("r1"), Create(Bob));
        var beyond = new { partition = 3, offset = "99" };
        (string Method, object Request, ErrorReason Reason)[] rows =
        [
            ("GetAccount", new { account_id = Nowhere }, Reasons.AccountNotFound),
            ("ListHistory", new { account_id = Nowhere }, Reasons.AccountNotFound),
            ("GetStatement", new { account_id = Nowhere }, Reasons.AccountNotFound),
            ("WatchAccount", new { account_id = Nowhere }, Reasons.AccountNotFound),
            ("GetDecision", new { account_id = Nowhere, request_id = "r1" }, Reasons.AccountNotFound),
            ("GetAccount", new { account_id = AliceId, as_of_time = new { seconds = 5 } }, Reasons.AccountNotOpenedYet),
            ("GetAccount", new { account_id = AliceId, as_of_version = "3" }, Reasons.VersionNotReached),
            ("WatchAccount", new { account_id = AliceId, from_version = "3" }, Reasons.VersionNotReached),
            ("GetTransfer", new { transfer_id = "3-77" }, Reasons.TransferNotFound),
            ("GetTransfer", new { transfer_id = "900-77" }, Reasons.TransferNotFound),
            ("GetDecision", new { account_id = AliceId, request_id = "r2" }, Reasons.RequestNotFound),
            ("GetDecision", new { account_id = AliceId, position = new { partition = 3, offset = "2" } }, Reasons.DecisionNotFound),
            ("GetAccount", new { account_id = AliceId, min_position = new[] { beyond } }, Reasons.PositionNotReached),
            ("ListAccounts", new { min_position = new[] { beyond } }, Reasons.PositionNotReached),
            ("ListHistory", new { account_id = AliceId, min_position = new[] { beyond } }, Reasons.PositionNotReached),
            ("GetStatement", new { account_id = AliceId, min_position = new[] { beyond } }, Reasons.PositionNotReached),
            ("WatchAccount", new { account_id = AliceId, min_position = new[] { beyond } }, Reasons.PositionNotReached),
            ("GetTransfer", new { transfer_id = "3-1", min_position = new[] { beyond } }, Reasons.PositionNotReached),
            ("GetDecision", new { position = beyond }, Reasons.PositionNotReached),
        ];
        // The last ones wait in vain, and are told why a fifth of their time before it is up.
        var outcomes = await ForeignCalls.MakeAsync(Host.Address, [.. rows.Select(row => new ForeignCall(
            Service + row.Method, row.Request, DeadlineMs: row.Reason == Reasons.PositionNotReached ? 1_500 : 20_000))]);
        foreach (var (row, outcome) in rows.Zip(outcomes))
        {
            Assert.Equal(row.Reason.Name, outcome.Error?.Info.Reason);
            Assert.Equal((int)row.Reason.Code, outcome.Error!.Status.Code);
            Assert.Subset(row.Reason.Metadata.ToHashSet(), outcome.Error.Info.Metadata.Keys.ToHashSet());
            Assert.NotEmpty(outcome.Error.Info.Metadata);
        }
    }

    [Fact]
    public async Task While_Redis_is_away_every_method_says_so_and_afterwards_everything_is_there_again()
    {
        await GivenAsync(Create(Alice));
        (string, object, int?)[] calls =
        [
            ("GetAccount", new { account_id = AliceId }, null),
            ("ListAccounts", new { }, null),
            ("ListHistory", new { account_id = AliceId }, null),
            ("GetStatement", new { account_id = AliceId }, null),
            ("WatchAccount", new { account_id = AliceId }, 1),
            ("GetTransfer", new { transfer_id = "3-1" }, null),
            ("GetDecision", new { position = new { partition = 3 } }, null),
        ];
        await Host.LoseRedisAsync();
        foreach (var outcome in await CallAsync(calls))
        {
            Assert.Equal(("UNAVAILABLE", "REDIS_UNAVAILABLE"), (outcome.Code, outcome.Error?.Info.Reason));
            Assert.NotNull(outcome.Error!.Retry);
        }

        await Host.FindRedisAsync();
        await Eventually.BecomesTrue(
            async () =>
            {
                try
                {
                    await Host.BeginAsync();
                    return true;
                }
                catch (StackExchange.Redis.RedisException)
                {
                    return false;
                }
            },
            "Redis is back");
        await Host.FoldAsync(Log);
        await Eventually.BecomesTrue(
            async () => (await CallAsync(calls[0]))[0].Code == "OK", "reads are answered again");
    }

    private Task<ForeignOutcome[]> CallAsync(params (string Method, object Request, int? Take)[] calls) =>
        ForeignCalls.MakeAsync(
            Host.Address,
            [.. calls.Select(call => new ForeignCall(Service + call.Method, call.Request, Take: call.Take))]);

    private static string? Text(JsonElement answer, string part, string field) =>
        answer.GetProperty(part).GetProperty(field).GetString();
}
