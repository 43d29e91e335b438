using BankAccounts.EndToEnd.Tests;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Tests.Logs;
using BankAccounts.V1;
using Grpc.Core;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>What became of a command can always be found out later.</summary>
public sealed class DecisionTests(QueryHost host) : QueryTest(host)
{
    [Fact]
    public async Task A_decision_is_found_by_position_by_request_and_by_account_and_position()
    {
        await GivenAsync(Create(Alice), Deposit(Alice, 5).As("r1"), Withdraw(Alice, 9).As("r2"), Deposit(Alice, 5).As("r1"));

        var accepted = new Decision { Outcome = Outcome.Accepted, Balance = 5, Version = 2, Position = At(Partition, 1) };
        Assert.Equal(accepted, (await FindAsync(At(Partition, 1))).Decision);
        Assert.Equal(accepted, (await FindAsync(At(Partition, 1), Alice)).Decision);
        Assert.Equal(accepted, (await FindAsync("r1")).Decision);
        // The same request once more has the first decision.
        Assert.Equal(accepted, (await FindAsync(At(Partition, 3))).Decision);
        var refused = await FindAsync("r2");
        Assert.Equal((Outcome.Rejected, "INSUFFICIENT_FUNDS", 5), (refused.Decision.Outcome, refused.Decision.Reason, refused.Decision.Balance));
        Assert.Equal(At(Partition, 3), refused.Position);
        Assert.Equal(refused.Decision, (await FindAsync(At(Partition, 2), Alice)).Decision);
    }

    [Fact]
    public async Task A_position_that_is_not_folded_yet_is_waited_for()
    {
        await GivenAsync(Create(Alice));
        var waiting = Queries.GetDecisionAsync(new() { Position = At(Partition, 1) }, deadline: QueryHost.In(30)).ResponseAsync;
        var late = await Refusal.OfAsync(Queries.GetDecisionAsync(new() { Position = At(Partition, 1) }, deadline: QueryHost.In(2.5)));
        Refused(late, StatusCode.DeadlineExceeded, "POSITION_NOT_REACHED");
        await GivenAsync(Deposit(Alice, 5));
        Assert.Equal(5, (await waiting).Decision.Balance);
    }

    [Fact]
    public async Task A_void_record_is_said_to_be_one_and_why()
    {
        var deposit = Deposit(Alice, 5).By(7, 1);
        await GivenAsync(Create(Alice), deposit, deposit, Deposit(Alice, 0));
        Log.BeginWith(Partition, [new(4, null, [1, 2, 3])]);
        await Host.FoldAsync(Log);

        var redelivered = await FindAsync(At(Partition, 2));
        Assert.Null(redelivered.Decision);
        Assert.Equal(new VoidRecord { Reason = "REDELIVERY", FirstOffset = 1 }, redelivered.VoidRecord);
        Assert.Equal(new VoidRecord { Reason = "IMPOSSIBLE" }, (await FindAsync(At(Partition, 3))).VoidRecord);
        Assert.Equal(new VoidRecord { Reason = "BAD_FRAME" }, (await FindAsync(At(Partition, 4))).VoidRecord);
    }

    [Fact]
    public async Task What_is_too_old_to_be_found_by_position_is_found_with_its_account()
    {
        await GivenLongHistoryAsync(Alice, 700);
        Log.Append(Transfer(Alice, Id(52, 4), 7).As("t")).Append(Create(Id(52, 4)));
        for (var i = 0; i < RedisKeys.MaxDecisions; i++)
        {
            Log.Append(Create(Id(1_000 + i)));
        }
        Log.Append(Deposit(Alice, 1)).Credit(3, 4, 1).Settle(4);
        await Host.FoldAsync(Log);
        // As after 100,000 more requests and a day.
        await Host.Database.KeyDeleteAsync(
            new RedisKeys(Partition, (long)await Host.Database.HashGetAsync("{bank:3}", "generation")).Requests);

        var old = await Refusal.OfAsync(Queries.GetDecisionAsync(new() { Position = At(Partition, 5) }));
        Refused(old, StatusCode.NotFound, "DECISION_NOT_KEPT");
        Assert.Equal(5, (await FindAsync(At(Partition, 5), Alice)).Decision.Position.Offset);
        Assert.Equal(5, (await FindAsync("r5")).Decision.Position.Offset);
        Assert.Equal("INSUFFICIENT_FUNDS", (await FindAsync("r400")).Decision.Reason);
        foreach (var transfer in (GetDecisionResponse[])[
            await FindAsync("t"), await FindAsync(At(Partition, 700)), await FindAsync(At(Partition, 700), Alice)])
        {
            Assert.Equal((Outcome.Accepted, 700), (transfer.Decision.Outcome, transfer.Decision.Position.Offset));
        }
    }

    [Fact]
    public async Task What_is_not_there_is_told_precisely()
    {
        await GivenAsync(Create(Alice), Create(Bob), Deposit(Alice, 5).As("r1"));

        Refused(await Refusal.OfAsync(FindCall(new() { AccountId = Alice.ToString(), RequestId = "r9" })), StatusCode.NotFound, "REQUEST_NOT_FOUND");
        Refused(await Refusal.OfAsync(FindCall(new() { AccountId = Bob.ToString(), RequestId = "r1" })), StatusCode.NotFound, "REQUEST_NOT_FOUND");
        Refused(await Refusal.OfAsync(FindCall(new() { AccountId = Id(9).ToString(), RequestId = "r1" })), StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
        Refused(await Refusal.OfAsync(FindCall(new() { AccountId = Id(9, 99).ToString(), RequestId = "r1" })), StatusCode.NotFound, "ACCOUNT_NOT_FOUND");
        Refused(
            await Refusal.OfAsync(FindCall(new() { AccountId = Bob.ToString(), Position = At(Partition, 2) })),
            StatusCode.NotFound, "DECISION_NOT_FOUND");
        Refused(
            await Refusal.OfAsync(FindCall(new() { AccountId = Alice.ToString(), Position = At(1, 2) })),
            StatusCode.NotFound, "DECISION_NOT_FOUND");

        Malformed(await Refusal.OfAsync(FindCall(new())), "position");
        Malformed(await Refusal.OfAsync(FindCall(new() { RequestId = "r1" })), "account_id");
        Malformed(await Refusal.OfAsync(FindCall(new() { AccountId = Alice.ToString() })), "position");
        Malformed(await Refusal.OfAsync(FindCall(new() { Position = At(8, 0) })), "position");
        Malformed(await Refusal.OfAsync(FindCall(new() { Position = At(0, -1) })), "position");
        Malformed(
            await Refusal.OfAsync(FindCall(new() { AccountId = Alice.ToString(), RequestId = "r1", Position = At(3, 1) })), "position");
        Malformed(
            await Refusal.OfAsync(FindCall(new() { AccountId = "x", RequestId = new string('r', 101) })), "account_id", "request_id");
    }

    private AsyncUnaryCall<GetDecisionResponse> FindCall(GetDecisionRequest request) => Queries.GetDecisionAsync(request);

    private async Task<GetDecisionResponse> FindAsync(Position position, AccountId? account = null) =>
        await FindCall(new() { Position = position, AccountId = account?.ToString() ?? "" });

    private async Task<GetDecisionResponse> FindAsync(string requestId) =>
        await FindCall(new() { AccountId = Alice.ToString(), RequestId = requestId });
}
