using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Foreign;

namespace BankAccounts.Commands.Tests;

/// <summary>Every refusal and every malformed field, as a client sees it that this project did not write.</summary>
[Collection(OneHost.Name)]
public sealed class ForeignErrorTests(CommandHost host) : IAsyncLifetime
{
    private const string Service = "bankaccounts.v1.CommandService/";

    private static readonly string Long = new('x', 201);

    /// <summary>A method, its name in a batch, a request with malformed fields, and these fields.</summary>
    private static readonly (string Method, string InBatch, object Request, string[] Fields)[] Malformed =
    [
        ("CreateAccount", "create_account", new { }, ["holder_name"]),
        ("CreateAccount", "create_account", new { holder_name = Long }, ["holder_name"]),
        ("CreateAccount", "create_account", new { holder_name = "a\nb" }, ["holder_name"]),
        ("CreateAccount", "create_account", new { holder_name = "a\uFFFDb" }, ["holder_name"]),
        ("CreateAccount", "create_account", new { holder_name = "Ada", currency_code = "usd" }, ["currency_code"]),
        ("CreateAccount", "create_account", new { holder_name = "Ada", currency_code = "DOLLAR" }, ["currency_code"]),
        ("CreateAccount", "create_account", new { holder_name = "Ada", request_id = Long }, ["request_id"]),
        ("CreateAccount", "create_account", new { holder_name = "Ada", wait_for = 9 }, ["wait_for"]),
        ("CreateAccount", "create_account", new { currency_code = "1", request_id = "\u0001", wait_for = -1 },
            ["holder_name", "currency_code", "request_id", "wait_for"]),
        .. MalformedMovements("Deposit", "deposit"),
        .. MalformedMovements("Withdraw", "withdraw"),
        ("Transfer", "transfer", Payment(from: "x"), ["from_account_id"]),
        ("Transfer", "transfer", Payment(to: ""), ["to_account_id"]),
        ("Transfer", "transfer", Payment(amount: "0"), ["amount"]),
        ("Transfer", "transfer", Payment(amount: "1000000000000001"), ["amount"]),
        ("Transfer", "transfer", Payment(currency: "US"), ["currency_code"]),
        ("Transfer", "transfer", Payment(description: Long), ["description"]),
        ("Transfer", "transfer", Payment(requestId: Long), ["request_id"]),
        ("Transfer", "transfer", Payment(waitFor: 3), ["wait_for"]),
        ("Transfer", "transfer", Payment("", "", "-5", "$$$", "\t", "\n", 4),
            ["from_account_id", "to_account_id", "amount", "currency_code", "description", "request_id", "wait_for"]),
        ("CloseAccount", "close_account", new { }, ["account_id"]),
        ("CloseAccount", "close_account", new { account_id = Guid.NewGuid().ToString() }, ["account_id"]),
        ("CloseAccount", "close_account", new { account_id = Requests.Account, request_id = Long }, ["request_id"]),
        ("CloseAccount", "close_account", new { account_id = Requests.Account, wait_for = 3 }, ["wait_for"]),
    ];

    /// <summary>One request of each kind, with its field for the account and without any malformed field.</summary>
    private static readonly (string Method, string InBatch, Func<string, string, object> Request)[] Kinds =
    [
        ("Deposit", "deposit", (account, id) => new { account_id = account, amount = "1", request_id = id }),
        ("Withdraw", "withdraw", (account, id) => new { account_id = account, amount = "1", request_id = id }),
        ("Transfer", "transfer", (account, id) => Payment(from: account, requestId: id)),
        ("CloseAccount", "close_account", (account, id) => new { account_id = account, request_id = id }),
    ];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        host.AcceptAgain();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Every_malformed_field_is_named_and_nothing_is_appended()
    {
        var before = host.Log.Count;
        var outcomes = await ForeignCalls.MakeAsync(
            host.Address, [.. Malformed.Select(bad => new ForeignCall(Service + bad.Method, bad.Request))]);
        foreach (var (bad, outcome) in Malformed.Zip(outcomes))
        {
            Assert.Equal("INVALID_ARGUMENT", outcome.Code);
            AssertMalformed(bad.Fields, outcome.Error!);
        }
        Assert.Equal(before, host.Log.Count);
    }

    [Fact]
    public async Task Every_malformed_command_of_a_batch_is_answered_alike_in_the_stream()
    {
        var before = host.Log.Count;
        var commands = Malformed
            .Select((bad, tag) => Command(tag, bad.InBatch, bad.Request))
            .Append(new Dictionary<string, object> { ["tag"] = Malformed.Length });

        var results = await ExecuteAsync([.. commands]);

        for (var tag = 0; tag < Malformed.Length; tag++)
        {
            AssertMalformed(Malformed[tag].Fields, results[$"{tag}"]);
        }
        AssertMalformed(["request"], results[$"{Malformed.Length}"]);
        Assert.Equal(before, host.Log.Count);
    }

    [Fact]
    public async Task Every_refusal_tells_its_reason_with_balance_and_position_in_a_call_and_in_a_stream()
    {
        var reasons = Enum.GetValues<Reason>().Where(reason => reason != Reason.Unspecified).ToList();
        host.OnAppended(appended => host.RefuseAsync(
            appended, Enum.Parse<Reason>(appended.Record.RequestId.ToStringUtf8())));
        var calls = reasons.SelectMany(reason => Kinds.Select(kind => (
            Reason: reason,
            kind.InBatch,
            Call: new ForeignCall(Service + kind.Method, kind.Request(Requests.Account, $"{reason}"))))).ToList();

        var outcomes = await ForeignCalls.MakeAsync(host.Address, [.. calls.Select(call => call.Call)]);
        var results = await ExecuteAsync([.. calls.Select((call, tag) => Command(tag, call.InBatch, call.Call.Request!))]);

        for (var i = 0; i < calls.Count; i++)
        {
            var expected = Reasons.Of(calls[i].Reason);
            Assert.Equal(ScreamingCase($"{expected.Code}"), outcomes[i].Code);
            foreach (var error in new[] { outcomes[i].Error!, results[$"{i}"] })
            {
                Assert.Equal((expected.Name, (int)expected.Code), (error.Info.Reason, error.Status.Code));
                Assert.Equal(expected.Metadata.Order(), error.Info.Metadata.Keys.Order());
                Assert.Equal(("7", Requests.Account), (error.Info.Metadata["balance"], error.Info.Metadata["account_id"]));
                Assert.Equal(expected.RetryAfter, error.Retry?.RetryDelay.ToTimeSpan());
            }
        }
    }

    [Fact]
    public async Task An_account_of_a_partition_that_does_not_exist_is_not_found_and_nothing_is_appended()
    {
        var before = host.Log.Count;
        var nowhere = "ffff" + Requests.Account[4..];
        var outcomes = await ForeignCalls.MakeAsync(
            host.Address, [.. Kinds.Select(kind => new ForeignCall(Service + kind.Method, kind.Request(nowhere, "")))]);
        foreach (var outcome in outcomes)
        {
            Assert.Equal(("NOT_FOUND", "ACCOUNT_NOT_FOUND"), (outcome.Code, outcome.Error!.Info.Reason));
        }
        Assert.Equal(before, host.Log.Count);
    }

    [Fact]
    public async Task Away_unknown_and_too_short_are_told_to_every_kind_of_call()
    {
        ForeignCall[] Calls(int deadlineMs) =>
            [.. Kinds.Select(kind => new ForeignCall(
                Service + kind.Method, kind.Request(Requests.Account, "id"), DeadlineMs: deadlineMs))];

        host.OnAppended(_ => Task.CompletedTask);
        foreach (var outcome in await ForeignCalls.MakeAsync(host.Address, Calls(deadlineMs: 2_500)))
        {
            Assert.Equal(("DEADLINE_EXCEEDED", "OUTCOME_UNKNOWN"), (outcome.Code, outcome.Error!.Info.Reason));
            Assert.Equal("id", outcome.Error.Info.Metadata["request_id"]);
        }
        host.KafkaIsThere = false;
        try
        {
            foreach (var outcome in await ForeignCalls.MakeAsync(host.Address, Calls(deadlineMs: 5_000)))
            {
                Assert.Equal(("UNAVAILABLE", "LOG_UNAVAILABLE"), (outcome.Code, outcome.Error!.Info.Reason));
                Assert.NotNull(outcome.Error.Retry);
            }
        }
        finally
        {
            host.KafkaIsThere = true;
        }
    }

    [Fact]
    public async Task A_stream_that_ends_with_an_error_says_why()
    {
        object Batch(int count) => new
        {
            commands = Enumerable.Range(0, count).Select(tag => Command(tag, "deposit", new { account_id = Requests.Account, amount = 1 })),
        };
        var tooLarge = Assert.Single(await ForeignCalls.MakeAsync(
            host.Address, new ForeignCall(Service + "Execute", Requests: [Batch(2), Batch(1_001)])));
        Assert.Equal(("INVALID_ARGUMENT", "BATCH_TOO_LARGE"), (tooLarge.Code, tooLarge.Error!.Info.Reason));
        Assert.Equal(2, ResultsIn(tooLarge).Count());

        var wellFormed = Assert.Single(await ForeignCalls.MakeAsync(
            host.Address, new ForeignCall(Service + "Execute", Requests: [Batch(1_000), Batch(0), Batch(500)])));
        Assert.Equal("OK", wellFormed.Code);
        Assert.Equal(1_500, ResultsIn(wellFormed).Count());
    }

    private static (string Method, string InBatch, object Request, string[] Fields)[] MalformedMovements(
        string method, string inBatch)
    {
        object Movement(
            string account = "", string amount = "1", string currency = "", string description = "", string requestId = "", int waitFor = 0) =>
            new { account_id = account, amount, currency_code = currency, description, request_id = requestId, wait_for = waitFor };
        var there = Requests.Account;
        return
        [
            (method, inBatch, Movement(), ["account_id"]),
            (method, inBatch, Movement("not-an-id"), ["account_id"]),
            (method, inBatch, Movement(there.ToUpperInvariant() + "0"), ["account_id"]),
            (method, inBatch, Movement(there, "0"), ["amount"]),
            (method, inBatch, Movement(there, "-1"), ["amount"]),
            (method, inBatch, Movement(there, "1000000000000001"), ["amount"]),
            (method, inBatch, Movement(there, "1", "eur"), ["currency_code"]),
            (method, inBatch, Movement(there, "1", "", Long), ["description"]),
            (method, inBatch, Movement(there, "1", "", "a\u0000b"), ["description"]),
            (method, inBatch, Movement(there, "1", "", "", Long), ["request_id"]),
            (method, inBatch, Movement(there, "1", "", "", "", 3), ["wait_for"]),
            (method, inBatch, Movement("", "0", "eur", "\u009F", "\u007F", 3),
                ["account_id", "amount", "currency_code", "description", "request_id", "wait_for"]),
        ];
    }

    private static object Payment(
        string? from = null,
        string? to = null,
        string amount = "1",
        string currency = "",
        string description = "",
        string requestId = "",
        int waitFor = 0) => new
        {
            from_account_id = from ?? Requests.Account,
            to_account_id = to ?? Requests.OtherAccount,
            amount,
            currency_code = currency,
            description,
            request_id = requestId,
            wait_for = waitFor,
        };

    private static Dictionary<string, object> Command(int tag, string kind, object request) =>
        new() { ["tag"] = tag, [kind] = request };

    private static void AssertMalformed(string[] fields, ForeignError error)
    {
        Assert.Equal("INVALID_ARGUMENT", error.Info.Reason);
        Assert.Equal(fields.Order(), error.Fields.Order());
    }

    private async Task<Dictionary<string, ForeignError>> ExecuteAsync(object[] commands)
    {
        var outcome = Assert.Single(await ForeignCalls.MakeAsync(
            host.Address, new ForeignCall(Service + "Execute", Requests: [new { commands }])));
        Assert.Equal("OK", outcome.Code);
        return ResultsIn(outcome).ToDictionary(
            result => result.TryGetProperty("tag", out var tag) ? tag.GetString()! : "0", ForeignCalls.ErrorIn);
    }

    private static IEnumerable<System.Text.Json.JsonElement> ResultsIn(ForeignOutcome outcome) =>
        outcome.Answers.SelectMany(answer => answer.GetProperty("results").EnumerateArray());

    private static string ScreamingCase(string name) =>
        string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}"))
            .ToUpperInvariant();
}
