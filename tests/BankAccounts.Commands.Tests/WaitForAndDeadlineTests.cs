using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Confluent.Kafka;

namespace BankAccounts.Commands.Tests;

[Collection(OneHost.Name)]
public sealed class WaitForAndDeadlineTests(CommandHost host) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        host.AcceptAgain();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Stored_answers_with_the_position_and_waits_for_no_decision()
    {
        var replies = 0;
        host.OnAppended(appended =>
        {
            replies += appended.Record.ReplyTo.IsEmpty ? 0 : 1;
            appended.Acknowledge();
            return Task.CompletedTask;
        });
        var deadline = CommandHost.In(10);
        const WaitFor stored = WaitFor.Stored;

        var created = await host.Client.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Ada", RequestId = "stored", WaitFor = stored }, deadline: deadline);
        var deposited = await host.Client.DepositAsync(Requests.Deposit(stored), deadline: deadline);
        var withdrawn = await host.Client.WithdrawAsync(
            new WithdrawRequest { AccountId = Requests.Account, Amount = 1, WaitFor = stored }, deadline: deadline);
        var transferred = await host.Client.TransferAsync(Requests.Transfer(stored), deadline: deadline);
        var closed = await host.Client.CloseAccountAsync(
            new CloseAccountRequest { AccountId = Requests.Account, WaitFor = stored }, deadline: deadline);

        Assert.Equal(AccountId.FromRequestId("stored", 12).ToString(), created.AccountId);
        var place = transferred.Decision.Position;
        Assert.Equal($"{place.Partition}-{place.Offset}", transferred.TransferId);
        foreach (var decision in new[]
            { created.Decision, deposited.Decision, withdrawn.Decision, transferred.Decision, closed.Decision })
        {
            Assert.Equal(new Decision { Outcome = Outcome.Stored, Position = decision.Position }, decision);
        }
        Assert.Equal(deposited.Decision.Position.Offset + 1, withdrawn.Decision.Position.Offset);
        Assert.Equal(0, replies);
        Assert.Empty(host.Appender.Pending);
    }

    [Theory]
    [InlineData(WaitFor.Unspecified)]
    [InlineData(WaitFor.Decided)]
    public async Task Decided_is_the_default(WaitFor waitFor)
    {
        var deposited = await host.Client.DepositAsync(Requests.Deposit(waitFor), deadline: CommandHost.In(10));
        Assert.Equal((Outcome.Accepted, 100), (deposited.Decision.Outcome, deposited.Decision.Balance));
    }

    [Theory]
    [InlineData(PersistenceStatus.NotPersisted, "LOG_UNAVAILABLE")]
    [InlineData(PersistenceStatus.PossiblyPersisted, "OUTCOME_UNKNOWN")]
    public async Task What_Kafka_does_not_acknowledge_is_unknown_unless_it_certainly_has_it_not(
        PersistenceStatus status, string reason)
    {
        host.OnAppended(appended =>
        {
            appended.Fail(status);
            return Task.CompletedTask;
        });
        foreach (var waitFor in new[] { WaitFor.Decided, WaitFor.Stored })
        {
            var error = await Outcomes.ErrorAsync(
                () => host.Client.DepositAsync(Requests.Deposit(waitFor), deadline: CommandHost.In(10)).ResponseAsync);
            Assert.Equal(reason, error.Info.Reason);
        }
    }

    [Fact]
    public async Task Before_the_deadline_an_undecided_command_is_unknown_with_all_that_is_needed_to_ask_again()
    {
        var appended = 0L;
        host.OnAppended(record =>
        {
            appended = record.Offset;
            record.Acknowledge();
            return Task.CompletedTask;
        });
        var request = Requests.Transfer(requestId: "ask again");

        var error = await Outcomes.ErrorAsync(
            () => host.Client.TransferAsync(request, deadline: CommandHost.In(2.5)).ResponseAsync);

        // After the deadline there would be no details: the client ends the call by itself then.
        Assert.True(AccountId.TryParse(Requests.Account, out var account));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["account_id"] = Requests.Account,
                ["request_id"] = "ask again",
                ["partition"] = $"{account.Partition}",
                ["offset"] = $"{appended}",
                ["transfer_id"] = $"{account.Partition}-{appended}",
            },
            error.Info.Metadata);
        Assert.Contains("the same request_id", error.Status.Message, StringComparison.Ordinal);
        Assert.Empty(host.Appender.Pending);
    }

    [Fact]
    public async Task An_unacknowledged_command_without_request_id_is_unknown_and_has_no_offset()
    {
        host.OnAppended(_ => Task.CompletedTask);
        var error = await Outcomes.ErrorAsync(
            () => host.Client.DepositAsync(Requests.Deposit(WaitFor.Stored), deadline: CommandHost.In(2.5)).ResponseAsync);
        Assert.Equal("OUTCOME_UNKNOWN", error.Info.Reason);
        Assert.Equal(["account_id", "partition"], error.Info.Metadata.Keys.Order());
        Assert.Contains("would be another command", error.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transfer_that_is_debited_at_the_deadline_is_pending()
    {
        host.OnAppended(async record =>
        {
            var pending = CommandHost.AcceptanceOf(record);
            pending.Pending = true;
            record.Acknowledge();
            await host.PushAsync(record, pending);
        });
        var transferred = await host.Client.TransferAsync(Requests.Transfer(), deadline: CommandHost.In(2.5));
        Assert.Equal((Outcome.Pending, 100), (transferred.Decision.Outcome, transferred.Decision.Balance));
    }

    [Fact]
    public async Task A_deadline_of_years_is_taken()
    {
        var deposited = await host.Client.DepositAsync(Requests.Deposit(), deadline: DateTime.UtcNow.AddDays(2_000));
        Assert.Equal(Outcome.Accepted, deposited.Decision.Outcome);
    }

    [Theory]
    [InlineData(30, 29.5)]
    [InlineData(1, 0.8)]
    [InlineData(0, 0)]
    [InlineData(-1, -0.8)]
    [InlineData(86_400 * 100, 86_400)]
    public void The_answer_comes_a_little_before_the_deadline(double leftSeconds, double patienceSeconds)
    {
        Assert.Equal(
            TimeSpan.FromSeconds(patienceSeconds), CallDeadline.Patience(TimeSpan.FromSeconds(leftSeconds)));
    }

    [Fact]
    public void A_call_without_a_deadline_gets_30_seconds()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), CallDeadline.Default);
    }
}
