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
        bank.ThenRefused(StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS");
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
        bank.ThenBroken(StatusCode.Unavailable).ThenRefused(StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS");
        var refused = await Assert.ThrowsAsync<BankException>(() => bank.Client().DepositAsync(new DepositRequest()));
        Assert.Equal(("INSUFFICIENT_FUNDS", false), (refused.Reason, refused.IsOutcomeUnknown));
    }

    /// <summary>What may come after an attempt that is unknown, and says nothing of what became of it.</summary>
    public static TheoryData<string, StatusCode, string?> NoDecisions { get; } = new()
    {
        { "an expired certificate", StatusCode.Unauthenticated, "CERTIFICATE_REFUSED" },
        { "a role that was taken", StatusCode.PermissionDenied, "ROLE_REQUIRED" },
        { "a build with other bounds", StatusCode.InvalidArgument, "INVALID_ARGUMENT" },
        { "a replica with fewer partitions", StatusCode.NotFound, "ACCOUNT_NOT_FOUND" },
        { "a proxy that denies", StatusCode.PermissionDenied, null },
        { "a proxy without a route", StatusCode.Unimplemented, null },
        { "a proxy's precondition", StatusCode.FailedPrecondition, null },
    };

    [Theory]
    [MemberData(nameof(NoDecisions))]
    public async Task After_an_unknown_outcome_only_a_decision_ends_that(string what, StatusCode code, string? reason)
    {
        bank.ThenError(StatusCode.DeadlineExceeded, "OUTCOME_UNKNOWN");
        ThenNoDecision(code, reason);
        var failed = await Assert.ThrowsAsync<BankException>(
            () => bank.Client().DepositAsync(new DepositRequest { RequestId = "mine" }));
        Assert.Equal(
            (what, "OUTCOME_UNKNOWN", true, "mine"), (what, failed.Reason, failed.IsOutcomeUnknown, failed.RequestId));
        Assert.Equal(2, bank.Asked.Count);
    }

    [Theory]
    [MemberData(nameof(NoDecisions))]
    public async Task A_transfer_that_was_pending_stays_so_until_a_decision(
        string what, StatusCode code, string? reason)
    {
        bank.Then(Transferred(Outcome.Pending));
        ThenNoDecision(code, reason);
        var answer = await bank.Client().TransferAsync(new TransferRequest());
        Assert.Equal((what, Outcome.Pending), (what, answer.Decision.Outcome));
    }

    [Fact]
    public async Task A_reused_id_says_nothing_of_an_attempt_that_is_unknown()
    {
        bank.ThenBroken(StatusCode.Unavailable).ThenRefused(StatusCode.FailedPrecondition, "REQUEST_ID_REUSED");
        var failed = await Assert.ThrowsAsync<BankException>(() => bank.Client().DepositAsync(new DepositRequest()));
        Assert.Equal(("OUTCOME_UNKNOWN", true), (failed.Reason, failed.IsOutcomeUnknown));
    }

    [Fact]
    public async Task A_transfer_that_was_pending_and_is_refused_was_refused()
    {
        bank.Then(Transferred(Outcome.Pending)).ThenRefused(StatusCode.FailedPrecondition, "DESTINATION_CLOSED");
        var refused = await Assert.ThrowsAsync<BankException>(() => bank.Client().TransferAsync(new TransferRequest()));
        Assert.Equal(("DESTINATION_CLOSED", false), (refused.Reason, refused.IsOutcomeUnknown));
    }

    [Fact]
    public async Task Who_may_not_call_is_told_so_at_once_and_nothing_is_unknown()
    {
        bank.ThenError(StatusCode.Unauthenticated, "CERTIFICATE_REFUSED");
        var refused = await Assert.ThrowsAsync<BankException>(() => bank.Client().DepositAsync(new DepositRequest()));
        Assert.Equal(("CERTIFICATE_REFUSED", false), (refused.Reason, refused.IsOutcomeUnknown));
    }

    [Fact]
    public async Task A_command_that_is_cancelled_tells_the_request_id_that_it_was_given_here()
    {
        using var caller = new CancellationTokenSource();
        bank.ThenCancelled(caller);
        var cancelled = await Assert.ThrowsAsync<CommandCanceledException>(
            () => bank.Client().DepositAsync(new DepositRequest(), caller.Token));
        Assert.Equal(Assert.IsType<DepositRequest>(Assert.Single(bank.Asked)).RequestId, cancelled.RequestId);
        Assert.Equal(caller.Token, cancelled.CancellationToken);
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

    private void ThenNoDecision(StatusCode code, string? reason) =>
        _ = reason is null ? bank.ThenBroken(code) : bank.ThenError(code, reason);

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
