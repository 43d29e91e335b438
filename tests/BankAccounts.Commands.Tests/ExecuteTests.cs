using BankAccounts.Store.V1;
using BankAccounts.Tests.Foreign;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;
using ResultCase = BankAccounts.V1.CommandResult.ResultOneofCase;

namespace BankAccounts.Commands.Tests;

[Collection(OneHost.Name)]
public sealed class ExecuteTests(CommandHost host) : IAsyncLifetime
{
    private const int PlacesPerStream = 8_192;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        host.AcceptAgain();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Every_command_of_every_batch_gets_one_result_with_its_tag_and_then_the_stream_is_OK()
    {
        using var call = host.Client.Execute(deadline: CommandHost.In(60));
        var reading = ReadAllAsync(call);
        for (var batch = 0; batch < 20; batch++)
        {
            await call.RequestStream.WriteAsync(Requests.Batch(batch * 1_000, 1_000));
        }
        await call.RequestStream.WriteAsync(new ExecuteRequest());
        await call.RequestStream.CompleteAsync();

        var results = await reading;

        Assert.Equal(Enumerable.Range(0, 20_000), results.Select(result => (int)result.Tag));
        Assert.All(results, result => Assert.Equal(Outcome.Accepted, result.Deposit.Decision.Outcome));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Each_kind_of_command_gets_its_own_answer_and_a_refusal_or_a_malformed_one_ends_nothing()
    {
        host.OnAppended(appended => appended.Record.RequestId.ToStringUtf8() == "refuse"
            ? host.RefuseAsync(appended, Reason.InsufficientFunds)
            : host.AcceptAsync(appended));
        var batch = new ExecuteRequest
        {
            Commands =
            {
                new Command { Tag = ulong.MaxValue, CreateAccount = new() { HolderName = "Ada", RequestId = "new" } },
                new Command { Tag = 0, Deposit = Requests.Deposit(requestId: "refuse") },
                new Command { Tag = 2, Withdraw = new() { AccountId = Requests.Account, Amount = 0 } },
                new Command { Tag = 3, Transfer = Requests.Transfer() },
                new Command { Tag = 4, CloseAccount = new() { AccountId = Requests.Account } },
                new Command { Tag = 5 },
                new Command { Tag = 6, Deposit = Requests.Deposit(WaitFor.Stored) },
                new Command { Tag = 7, Withdraw = new() { AccountId = Requests.Account, Amount = 1 } },
            },
        };

        var results = (await ExecuteAsync(batch)).ToDictionary(result => result.Tag);

        Assert.Equal(8, results.Count);
        Assert.Equal(AccountId.FromRequestId("new", 12).ToString(), results[ulong.MaxValue].CreateAccount.AccountId);
        var refused = ForeignError.Of(results[0].Error);
        Assert.Equal(((int)StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS"), (refused.Status.Code, refused.Info.Reason));
        Assert.Equal("7", refused.Info.Metadata["balance"]);
        Assert.Equal(["amount"], ForeignError.Of(results[2].Error).Fields);
        var place = results[3].Transfer.Decision.Position;
        Assert.Equal($"{place.Partition}-{place.Offset}", results[3].Transfer.TransferId);
        Assert.Equal(Outcome.Accepted, results[4].CloseAccount.Decision.Outcome);
        Assert.Equal(["request"], ForeignError.Of(results[5].Error).Fields);
        Assert.Equal(Outcome.Stored, results[6].Deposit.Decision.Outcome);
        Assert.Equal(ResultCase.Withdraw, results[7].ResultCase);
    }

    [Fact]
    public async Task A_batch_too_large_ends_the_stream_nothing_of_it_is_appended_and_what_was_under_way_is_answered()
    {
        var before = host.Log.Count;
        using var call = host.Client.Execute(deadline: CommandHost.In(30));
        await call.RequestStream.WriteAsync(Requests.Batch(1, 1_000));
        await call.RequestStream.WriteAsync(Requests.Batch(5_000, 1_001));

        var results = new List<CommandResult>();
        var error = await Outcomes.ErrorAsync(() => ReadAllAsync(call, results));

        Assert.Equal(((int)StatusCode.InvalidArgument, "BATCH_TOO_LARGE"), (error.Status.Code, error.Info.Reason));
        Assert.Equal("1000", error.Info.Metadata["max_commands"]);
        Assert.Equal(Enumerable.Range(1, 1_000), results.Select(result => (int)result.Tag));
        Assert.Equal(before + 1_000, host.Log.Count);
    }

    [Fact]
    public async Task A_message_beyond_the_size_limit_ends_the_stream_when_what_was_under_way_is_answered()
    {
        var before = host.Log.Count;
        using var call = host.Client.Execute(deadline: CommandHost.In(30));
        await call.RequestStream.WriteAsync(Requests.Batch(1, 100));
        var large = Requests.Batch(200, 1);
        large.Commands[0].Deposit.Description = new string('x', 3 * 1024 * 1024);
        try
        {
            await call.RequestStream.WriteAsync(large);
        }
        catch (RpcException)
        {
            // The server may end the stream before all of it is sent.
        }

        var results = new List<CommandResult>();
        var error = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(call, results));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(100, results.Count(result => result.Deposit?.Decision.Outcome == Outcome.Accepted));
        Assert.Equal(before + 100, host.Log.Count);
    }

    [Fact]
    public async Task No_more_is_under_way_than_the_stream_has_places()
    {
        var gate = new TaskCompletionSource();
        var before = host.Log.Count;
        host.OnAppended(AckAtOnce(gate.Task));
        using var call = host.Client.Execute(deadline: CommandHost.In(60));
        var reading = ReadAllAsync(call);
        var sending = SendAsync(call, batches: 12);
        await Eventually.BecomesTrue(
            () => Task.FromResult(host.Log.Count == before + PlacesPerStream), "all places are taken");
        Assert.Equal(PlacesPerStream, host.Appender.Pending.Count());
        gate.SetResult();
        await sending;

        Assert.Equal(12_000, (await reading).DistinctBy(result => result.Tag).Count());
    }

    [Fact]
    public async Task A_caller_who_never_reads_is_not_read_from_and_nobody_else_suffers()
    {
        const int batches = 300;
        var before = host.Log.Count;
        using var call = host.Client.Execute(deadline: CommandHost.In(120));
        var sending = SendAsync(call, batches);
        var (last, same) = (-1, 0);
        await Eventually.BecomesTrue(
            () =>
            {
                same = host.Log.Count == last ? same + 1 : 0;
                last = host.Log.Count;
                return Task.FromResult(same == 20 && last > before);
            },
            "the server has stopped reading",
            TimeSpan.FromSeconds(60));

        Assert.InRange(last - before, PlacesPerStream, batches * 1_000 / 2);
        Assert.False(sending.IsCompleted);
        var other = await host.Client.DepositAsync(Requests.Deposit(), deadline: CommandHost.In(10));
        Assert.Equal(Outcome.Accepted, other.Decision.Outcome);

        var reading = ReadAllAsync(call);
        await sending;
        Assert.Equal(batches * 1_000, (await reading).DistinctBy(result => result.Tag).Count());
    }

    [Fact]
    public async Task A_partition_that_Kafka_does_not_acknowledge_holds_the_stream_back_instead_of_refusing()
    {
        var held = new List<Appended>();
        var isHeld = true;
        host.OnAppended(appended =>
        {
            lock (held)
            {
                if (isHeld)
                {
                    held.Add(appended);
                    return Task.CompletedTask;
                }
            }
            return host.AcceptAsync(appended);
        });
        using var call = host.Client.Execute(deadline: CommandHost.In(60));
        var reading = ReadAllAsync(call);
        await SendAsync(call, batches: 2);
        await Eventually.BecomesTrue(() => Task.FromResult(held.Count == 820), "the caller has its part of the window of 1,024");
        lock (held)
        {
            isHeld = false;
        }
        foreach (var appended in held)
        {
            await host.AcceptAsync(appended);
        }

        var results = await reading;

        Assert.Equal(2_000, results.Count);
        Assert.All(results, result => Assert.Equal(ResultCase.Deposit, result.ResultCase));
    }

    [Fact]
    public async Task A_little_before_the_streams_deadline_what_is_under_way_is_unknown()
    {
        host.OnAppended(AckAtOnce(Task.Delay(Timeout.Infinite)));
        using var call = host.Client.Execute(deadline: CommandHost.In(2.5));
        await call.RequestStream.WriteAsync(Requests.Batch(1, 10));

        var results = new List<CommandResult>();
        var error = await Outcomes.ErrorAsync(() => ReadAllAsync(call, results));

        Assert.Equal(((int)StatusCode.DeadlineExceeded, "STREAM_DEADLINE"), (error.Status.Code, error.Info.Reason));
        Assert.Equal(10, results.Count);
        Assert.All(results, result => Assert.Equal("OUTCOME_UNKNOWN", ForeignError.Of(result.Error).Info.Reason));
        Assert.Empty(host.Appender.Pending);
    }

    [Fact]
    public async Task After_a_half_close_too_the_deadline_is_kept()
    {
        host.OnAppended(AckAtOnce(Task.Delay(Timeout.Infinite)));
        using var call = host.Client.Execute(deadline: CommandHost.In(2.5));
        await call.RequestStream.WriteAsync(Requests.Batch(1, 1));
        await call.RequestStream.CompleteAsync();

        var result = Assert.Single(await ReadAllAsync(call));

        Assert.Equal("OUTCOME_UNKNOWN", ForeignError.Of(result.Error).Info.Reason);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_cancelled_stream_leaves_nothing_behind()
    {
        host.OnAppended(AckAtOnce(Task.Delay(Timeout.Infinite)));
        using (var call = host.Client.Execute(deadline: CommandHost.In(60)))
        {
            await call.RequestStream.WriteAsync(Requests.Batch(1, 500));
            await Eventually.BecomesTrue(
                () => Task.FromResult(host.Appender.Pending.Count() == 500), "the commands are under way");
        }
        await Eventually.BecomesTrue(() => Task.FromResult(!host.Appender.Pending.Any()), "nothing is under way");
    }

    [Fact]
    public async Task While_Kafka_is_away_each_command_says_so()
    {
        host.KafkaIsThere = false;
        try
        {
            var results = await ExecuteAsync(Requests.Batch(1, 3));
            Assert.Equal(3, results.Count);
            Assert.All(results, result =>
            {
                var error = ForeignError.Of(result.Error);
                Assert.Equal(((int)StatusCode.Unavailable, "LOG_UNAVAILABLE"), (error.Status.Code, error.Info.Reason));
                Assert.NotNull(error.Retry);
            });
        }
        finally
        {
            host.KafkaIsThere = true;
        }
    }

    private async Task<List<CommandResult>> ExecuteAsync(params ExecuteRequest[] batches)
    {
        using var call = host.Client.Execute(deadline: CommandHost.In(30));
        foreach (var batch in batches)
        {
            await call.RequestStream.WriteAsync(batch);
        }
        await call.RequestStream.CompleteAsync();
        return await ReadAllAsync(call);
    }

    /// <summary>Records are stored at once, and decided when the gate opens.</summary>
    private Func<Appended, Task> AckAtOnce(Task gate) => appended =>
    {
        appended.Acknowledge();
        _ = DecideAfterAsync(gate, appended);
        return Task.CompletedTask;
    };

    private async Task DecideAfterAsync(Task gate, Appended appended)
    {
        await gate;
        await host.PushAsync(appended, CommandHost.AcceptanceOf(appended));
    }

    internal static async Task SendAsync(
        AsyncDuplexStreamingCall<ExecuteRequest, ExecuteResponse> call, int batches)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            await call.RequestStream.WriteAsync(Requests.Batch(batch * 1_000, 1_000));
        }
        await call.RequestStream.CompleteAsync();
    }

    internal static async Task<List<CommandResult>> ReadAllAsync(
        AsyncDuplexStreamingCall<ExecuteRequest, ExecuteResponse> call, List<CommandResult>? into = null)
    {
        var results = into ?? [];
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            Assert.InRange(response.Results.Count, 1, 1_000);
            results.AddRange(response.Results);
        }
        return results;
    }
}
