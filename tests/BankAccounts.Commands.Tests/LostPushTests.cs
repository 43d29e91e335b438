using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Google.Protobuf;

namespace BankAccounts.Commands.Tests;

/// <summary>A decision that was pushed in vain is asked for where Redis keeps it.</summary>
[Collection(OneHost.Name)]
public sealed class LostPushTests(CommandHost host) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        host.AcceptAgain();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_decision_whose_push_was_lost_is_found_by_its_position()
    {
        host.OnAppended(async appended =>
        {
            appended.Acknowledge();
            await host.KeepAsync(appended, Decided(appended, appended.Offset));
        });

        var decision = (await host.Client.DepositAsync(Requests.Deposit(), deadline: CommandHost.In(10))).Decision;

        Assert.Equal((Outcome.Accepted, 100), (decision.Outcome, decision.Balance));
    }

    [Fact]
    public async Task Behind_the_offset_of_a_resent_copy_it_is_found_where_the_first_one_stands()
    {
        var first = 0L;
        host.OnAppended(async appended =>
        {
            // The record stands twice in the log, and Kafka acknowledged the second.
            first = appended.Offset;
            await host.KeepAsync(appended, Decided(appended, first));
            await host.KeepAsync(appended, Redelivered(first + 1, first));
            appended.Acknowledge(at: first + 1);
        });

        var decision = (await host.Client.DepositAsync(Requests.Deposit(), deadline: CommandHost.In(10))).Decision;

        Assert.Equal((Outcome.Accepted, first), (decision.Outcome, decision.Position.Offset));
    }

    [Fact]
    public async Task A_copy_whose_void_is_pushed_says_where_to_ask_although_Kafka_never_answered()
    {
        host.OnAppended(async appended =>
        {
            await host.KeepAsync(appended, Decided(appended, appended.Offset));
            var copy = Redelivered(appended.Offset + 1, appended.Offset);
            copy.ProducerSequence = appended.Record.ProducerSequence;
            await host.PushAsync(appended, copy);
        });

        var decision = (await host.Client.DepositAsync(Requests.Deposit(), deadline: CommandHost.In(10))).Decision;

        Assert.Equal(Outcome.Accepted, decision.Outcome);
    }

    [Fact]
    public async Task The_decision_of_another_process_at_that_position_is_not_taken_for_its_own()
    {
        host.OnAppended(async appended =>
        {
            var other = Decided(appended, appended.Offset);
            other.ProducerLow = 1;
            await host.KeepAsync(appended, other);
            appended.Acknowledge();
        });

        var error = await Outcomes.ErrorAsync(
            () => host.Client.DepositAsync(Requests.Deposit(), deadline: CommandHost.In(2.5)).ResponseAsync);

        Assert.Equal("OUTCOME_UNKNOWN", error.Info.Reason);
    }

    [Fact]
    public async Task The_end_of_a_pending_transfer_is_found_where_transfers_are_kept()
    {
        var keys = default(RedisKeys);
        host.OnAppended(async appended =>
        {
            var pending = CommandHost.AcceptanceOf(appended);
            pending.Pending = true;
            appended.Acknowledge();
            await host.PushAsync(appended, pending);
            keys = new RedisKeys(appended.Partition, 1);
            var settled = new StoredTransfer { Decision = CommandHost.AcceptanceOf(appended) };
            await host.Redis.HashSetAsync(keys.Transfers, RedisKeys.Offset(appended.Offset), settled.ToByteArray());
            await host.FoldedAsync(appended.Partition, appended.Offset + 1);
        });

        var transfer = await host.Client.TransferAsync(Requests.Transfer(), deadline: CommandHost.In(10));

        Assert.Equal(Outcome.Accepted, transfer.Decision.Outcome);
        Assert.Equal($"{keys.Partition}-{transfer.Decision.Position.Offset}", transfer.TransferId);
    }

    private static PushedDecision Decided(Appended appended, long offset) =>
        new() { Offset = offset, Decision = CommandHost.AcceptanceOf(appended), FirstOffset = -1 };

    private static PushedDecision Redelivered(long offset, long firstOffset) =>
        new() { Offset = offset, VoidReason = VoidReason.Redelivery, FirstOffset = firstOffset };
}
