using BankAccounts.Client;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Contracts.Tests;

/// <summary>The client: one request id for all attempts, refusals at once, unknown never called failed.</summary>
public sealed class BankClientTests
{
    private readonly ScriptedBank bank = new();

    [Fact]
    public async Task Every_attempt_carries_the_same_request_id_until_there_is_a_decision()
    {
        bank.ThenBroken(StatusCode.Unavailable)
            .ThenError(StatusCode.DeadlineExceeded, "OUTCOME_UNKNOWN")
            .ThenError(StatusCode.ResourceExhausted, "OVERLOADED", TimeSpan.FromSeconds(7))
            .ThenBroken(StatusCode.Internal)
            .Then(Decided(Outcome.Accepted));

        var request = new DepositRequest { AccountId = "a", Amount = 5 };
        var answer = await bank.Client().DepositAsync(request);

        Assert.Equal(Outcome.Accepted, answer.Decision.Outcome);
        var asked = bank.Asked.Cast<DepositRequest>().ToList();
        Assert.Equal(5, asked.Count);
        var id = Assert.Single(asked.Select(one => one.RequestId).Distinct());
        Assert.NotEmpty(id);
        Assert.Empty(request.RequestId);
        // The bank's own wish counts where it is longer.
        Assert.Equal(TimeSpan.FromSeconds(7), bank.Clock.Pauses[2]);
        Assert.All(bank.Deadlines, deadline => Assert.Equal(TimeSpan.FromSeconds(10), deadline));
    }

    [Fact]
    public async Task A_request_id_of_the_caller_is_kept()
    {
        bank.ThenBroken(StatusCode.Unavailable).Then(Decided(Outcome.Accepted));
        await bank.Client().DepositAsync(new DepositRequest { RequestId = "mine" });
        Assert.All(bank.Asked.Cast<DepositRequest>(), one => Assert.Equal("mine", one.RequestId));
    }

    [Fact]
    public async Task A_refusal_is_told_at_once_with_all_that_the_bank_says()
    {
        bank.ThenError(StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS");
        var refused = await Assert.ThrowsAsync<BankException>(() => bank.Client().DepositAsync(new DepositRequest()));
        Assert.Equal(
            (StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS", "7", false, false),
            (refused.StatusCode, refused.Reason, refused.Metadata["balance"], refused.IsOutcomeUnknown, refused.IsTransient));
        Assert.Single(bank.Asked);
    }

    [Fact]
    public async Task Malformed_fields_are_named()
    {
        bank.ThenError(StatusCode.InvalidArgument, "INVALID_ARGUMENT", null, "amount", "account_id");
        var refused = await Assert.ThrowsAsync<BankException>(() => bank.Client().DepositAsync(new DepositRequest()));
        Assert.Equal(["amount", "account_id"], refused.Fields);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public async Task A_connection_that_broke_leaves_the_outcome_unknown_whatever_comes_last(StatusCode broken)
    {
        bank.ThenBroken(broken);
        for (var attempt = 0; attempt < 50; attempt++)
        {
            bank.ThenError(StatusCode.Unavailable, "LOG_UNAVAILABLE", TimeSpan.FromSeconds(5));
        }
        var failed = await Assert.ThrowsAsync<BankException>(
            () => bank.Client().DepositAsync(new DepositRequest { RequestId = "mine" }));
        Assert.True(failed.IsOutcomeUnknown);
        Assert.Equal(("OUTCOME_UNKNOWN", "mine"), (failed.Reason, failed.RequestId));
        Assert.InRange(bank.Clock.Pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause).TotalSeconds, 50, 60);
    }

    [Fact]
    public async Task What_was_never_appended_is_not_called_unknown()
    {
        bank.ThenError(StatusCode.Unavailable, "LOG_UNAVAILABLE");
        var failed = await Assert.ThrowsAsync<BankException>(
            () => bank.Client(BankRetryPolicy.None).DepositAsync(new DepositRequest()));
        Assert.Equal(("LOG_UNAVAILABLE", false), (failed.Reason, failed.IsOutcomeUnknown));
    }

    [Fact]
    public async Task A_pending_transfer_is_asked_for_until_it_is_final()
    {
        bank.Then(Transferred(Outcome.Pending)).Then(Transferred(Outcome.Pending)).Then(Transferred(Outcome.Accepted));
        var answer = await bank.Client().TransferAsync(new TransferRequest());
        Assert.Equal(Outcome.Accepted, answer.Decision.Outcome);
        Assert.Single(bank.Asked.Cast<TransferRequest>().Select(one => one.RequestId).Distinct());
    }

    [Fact]
    public async Task A_transfer_that_stays_pending_is_an_answer()
    {
        bank.Then(Transferred(Outcome.Pending));
        var answer = await bank.Client(BankRetryPolicy.None).TransferAsync(new TransferRequest());
        Assert.Equal(Outcome.Pending, answer.Decision.Outcome);
    }

    [Fact]
    public async Task A_transfer_that_was_pending_stays_so_though_the_bank_went_away()
    {
        bank.Then(Transferred(Outcome.Pending));
        for (var attempt = 0; attempt < 50; attempt++)
        {
            bank.ThenError(StatusCode.Unavailable, "LOG_UNAVAILABLE", TimeSpan.FromSeconds(5));
        }
        var answer = await bank.Client().TransferAsync(new TransferRequest());
        Assert.Equal(Outcome.Pending, answer.Decision.Outcome);
        Assert.True(bank.Asked.Count > 5);
    }

    [Fact]
    public async Task A_refusal_after_a_connection_that_broke_is_the_decision()
    {
        bank.ThenBroken(StatusCode.Unavailable).ThenError(StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS");
        var refused = await Assert.ThrowsAsync<BankException>(() => bank.Client().DepositAsync(new DepositRequest()));
        Assert.Equal(("INSUFFICIENT_FUNDS", false), (refused.Reason, refused.IsOutcomeUnknown));
    }

    [Fact]
    public async Task Reads_wait_for_what_this_client_has_done_and_seen()
    {
        bank.Then(Decided(Outcome.Accepted, partition: 3, offset: 17))
            .Then(Decided(Outcome.Accepted, partition: 3, offset: 11))
            .Then(Decided(Outcome.Accepted, partition: 4, offset: 2))
            .Then(new GetAccountResponse { Position = new Position { Partition = 3, Offset = 20 } })
            .Then(new ListAccountsResponse { Position = { new Position { Partition = 5, Offset = 1 } } })
            .Then(new GetAccountResponse { Position = new Position { Partition = 3, Offset = 20 } });
        var client = bank.Client();
        await client.DepositAsync(new DepositRequest());
        await client.DepositAsync(new DepositRequest());
        await client.DepositAsync(new DepositRequest());
        await client.GetAccountAsync(new GetAccountRequest());
        await client.ListAccountsAsync(new ListAccountsRequest());
        await client.GetAccountAsync(new GetAccountRequest { MinPosition = { new Position { Partition = 3, Offset = 1 } } });

        Assert.Equal([(3, 17L), (4, 2L)], Required((GetAccountRequest)bank.Asked[3]));
        Assert.Equal([(3, 20L), (4, 2L)], Required((ListAccountsRequest)bank.Asked[4]));
        // What the caller says itself stands.
        Assert.Equal([(3, 1L), (4, 2L), (5, 1L)], Required((GetAccountRequest)bank.Asked[5]));
    }

    [Fact]
    public async Task A_watch_that_breaks_is_resumed_behind_the_last_change()
    {
        bank.Then(Watched(version: 4, isChange: false))
            .Then(Watched(version: 5, isChange: true))
            .ThenBroken(StatusCode.Unavailable)
            .Then(Watched(version: 7, isChange: false))
            .ThenBroken(StatusCode.Unavailable)
            .Then(Watched(version: 7, isChange: false))
            .Then(Watched(version: 6, isChange: true))
            .Then(Watched(version: 7, isChange: true))
            .ThenError(StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
        var changes = new List<long>();
        var ended = await Assert.ThrowsAsync<BankException>(async () =>
        {
            await foreach (var change in bank.Client().WatchAccountAsync(new WatchAccountRequest()))
            {
                if (change.Entry is not null)
                {
                    changes.Add(change.Account.Version);
                }
            }
        });
        Assert.Equal("ACCOUNT_NOT_FOUND", ended.Reason);
        Assert.Equal([5, 6, 7], changes);
        Assert.Equal(
            [null, 5, 5],
            bank.Asked.Cast<WatchAccountRequest>().Select(one => one.HasFromVersion ? one.FromVersion : (long?)null));
    }

    private static IEnumerable<(int, long)> Required(IReadRequest request) =>
        request.MinPosition.Select(position => (position.Partition, position.Offset)).Order();

    private static DepositResponse Decided(Outcome outcome, int partition = 0, long offset = 0) =>
        new() { Decision = DecisionOf(outcome, partition, offset) };

    private static TransferResponse Transferred(Outcome outcome) => new() { Decision = DecisionOf(outcome, 0, 0) };

    private static Decision DecisionOf(Outcome outcome, int partition, long offset) =>
        new() { Outcome = outcome, Position = new Position { Partition = partition, Offset = offset } };

    private static WatchAccountResponse Watched(long version, bool isChange) => new()
    {
        Account = new Account { Version = version },
        Entry = isChange ? new HistoryEntry() : null,
    };
}
