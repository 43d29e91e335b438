using BankAccounts.Tests.Foreign;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Commands.Tests;

/// <summary>What needs a service of its own: other limits, or its end.</summary>
public sealed class ExecuteLimitsTests
{
    [Fact]
    public async Task A_process_that_stops_answers_what_is_decided_and_says_of_the_rest_that_it_is_unknown()
    {
        var host = new CommandHost(("Command:StopWithin", "00:00:01"));
        await host.InitializeAsync();
        try
        {
            host.OnAppended(async appended =>
            {
                appended.Acknowledge();
                if (appended.Record.RequestId.ToStringUtf8() == "decided")
                {
                    await host.AcceptAsync(appended);
                }
            });
            using var call = host.Client.Execute();
            await call.RequestStream.WriteAsync(new ExecuteRequest
            {
                Commands =
                {
                    new Command { Tag = 1, Deposit = Requests.Deposit(requestId: "never decided") },
                    new Command { Tag = 2, Deposit = Requests.Deposit(requestId: "decided") },
                },
            });
            await Eventually.BecomesTrue(
                () => Task.FromResult(host.Appender.Pending.Count() == 1), "one is decided, the other is under way");
            var stopping = host.StopAsync();

            var results = new List<CommandResult>();
            var error = await Outcomes.ErrorAsync(() => ExecuteTests.ReadAllAsync(call, results));
            await stopping;

            Assert.Equal(((int)StatusCode.Unavailable, "SHUTTING_DOWN"), (error.Status.Code, error.Info.Reason));
            Assert.NotNull(error.Retry);
            Assert.Equal([2UL, 1UL], results.Select(result => result.Tag));
            Assert.Equal(Outcome.Accepted, results[0].Deposit.Decision.Outcome);
            Assert.Equal("OUTCOME_UNKNOWN", ForeignError.Of(results[1].Error).Info.Reason);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task In_a_stream_without_a_deadline_a_command_still_has_one()
    {
        var host = new CommandHost(("Command:StreamedCommandPatience", "00:00:00.5"));
        await host.InitializeAsync();
        try
        {
            host.OnAppended(_ => Task.CompletedTask);
            using var call = host.Client.Execute();
            await call.RequestStream.WriteAsync(Requests.Batch(1, 1));
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            var result = Assert.Single(call.ResponseStream.Current.Results);
            Assert.Equal("OUTCOME_UNKNOWN", ForeignError.Of(result.Error).Info.Reason);

            host.AcceptAgain();
            await call.RequestStream.WriteAsync(Requests.Batch(2, 1));
            await call.RequestStream.CompleteAsync();
            result = Assert.Single(await ExecuteTests.ReadAllAsync(call));
            Assert.Equal(Outcome.Accepted, result.Deposit.Decision.Outcome);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task When_too_much_is_under_way_a_call_of_its_own_is_refused_and_a_stream_waits()
    {
        var host = new CommandHost(("Command:MaxUnderWay", "1"));
        await host.InitializeAsync();
        try
        {
            var first = new TaskCompletionSource<Appended>();
            host.OnAppended(appended =>
            {
                first.SetResult(appended);
                return Task.CompletedTask;
            });
            var waiting = host.Client.DepositAsync(Requests.Deposit(), deadline: CommandHost.In(60)).ResponseAsync;
            var appended = await first.Task;

            var refused = Assert.Single(await ForeignCalls.MakeAsync(host.Address, new ForeignCall(
                "bankaccounts.v1.CommandService/Deposit", new { account_id = Requests.Account, amount = 1 })));
            Assert.Equal(("RESOURCE_EXHAUSTED", "OVERLOADED"), (refused.Code, refused.Error!.Info.Reason));
            Assert.NotNull(refused.Error.Retry);

            using var call = host.Client.Execute(deadline: CommandHost.In(60));
            await call.RequestStream.WriteAsync(Requests.Batch(1, 5));
            await call.RequestStream.CompleteAsync();
            host.OnAppended(host.AcceptAsync);
            await host.AcceptAsync(appended);
            await waiting;
            var results = await ExecuteTests.ReadAllAsync(call);
            Assert.Equal(5, results.Count(result => result.Deposit?.Decision.Outcome == Outcome.Accepted));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }
}
