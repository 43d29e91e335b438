using BankAccounts.CommandService.Log;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;

namespace BankAccounts.Commands.Tests;

/// <summary>Which commands are asked about: a partition that is merely slow is asked about one at most.</summary>
public sealed class WaitingCommandsTests
{
    private const int Max = 100;

    private static readonly TimeSpan AnyAge = TimeSpan.Zero;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private readonly WaitingCommands waiting = new();

    [Fact]
    public void What_stands_before_something_that_was_told_was_told_in_vain()
    {
        Given(stored: 10);
        waiting.IsToldUpTo(4);
        waiting.Remove(2);
        Assert.Equal([0, 2, 3], Offsets(waiting.FindUntold(AnyAge, Max)));
        Assert.Equal([0, 2], Offsets(waiting.FindUntold(AnyAge, max: 2)));
    }

    [Fact]
    public void Of_a_partition_that_is_not_heard_the_first_alone_tells_whether_it_is_slow()
    {
        Given(stored: 10);
        Assert.Equal([0], Offsets(waiting.FindUntold(AnyAge, Max)));
        Assert.Equal(Enumerable.Range(0, 10), Offsets(waiting.FindStored(AnyAge, Max)));
    }

    [Fact]
    public async Task Of_a_partition_that_goes_on_nothing_is_asked_however_late_its_decisions_are()
    {
        Given(stored: 10);
        await Task.Delay(Late + TimeSpan.FromMilliseconds(100));
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            waiting.Remove(sequence);
        }
        waiting.IsToldUpTo(4);
        Assert.Empty(waiting.FindUntold(Late, Max));
        Assert.Equal([5], Offsets(waiting.FindUntold(AnyAge, Max)));

        // What is told again, as the settlements of earlier transfers are, shows nothing new.
        await Task.Delay(Late + TimeSpan.FromMilliseconds(100));
        waiting.IsToldUpTo(3);
        Assert.Equal([5], Offsets(waiting.FindUntold(Late, Max)));
    }

    [Fact]
    public void Whatever_is_young_or_not_stored_yet_or_waits_for_no_decision_is_not_asked_about()
    {
        Add(sequence: 1);
        Add(sequence: 2, waitsForDecision: false).StoredAt(0);
        Add(sequence: 3).StoredAt(1);
        Add(sequence: 4).StoredAt(2);
        Assert.Equal([1, 2], Offsets(waiting.FindStored(AnyAge, Max)));
        Assert.Empty(waiting.FindStored(TimeSpan.FromHours(1), Max));
        Assert.Empty(waiting.FindUntold(TimeSpan.FromHours(1), Max));
    }

    [Fact]
    public void A_pending_transfer_is_asked_about_in_its_turn_until_it_is_settled()
    {
        Given(stored: 4);
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            waiting.IsPending(sequence, new StoredDecision { Pending = true, Offset = sequence - 1 });
        }
        Assert.Equal([3], Offsets(waiting.FindStored(AnyAge, Max)));
        Assert.Empty(waiting.TakeUnsettled(TimeSpan.FromHours(1), Max));
        Assert.Equal([0, 1], Offsets(waiting.TakeUnsettled(AnyAge, max: 2)));
        Assert.Equal([2, 0], Offsets(waiting.TakeUnsettled(AnyAge, max: 2)));
        Assert.Empty(waiting.TakeUnsettled(TimeSpan.FromHours(1), Max));
        Assert.NotNull(waiting.Remove(2));
        Assert.Null(waiting.Remove(2));
        Assert.Equal(3, waiting.ToArray().Length);
    }

    private static IEnumerable<int> Offsets(IEnumerable<PendingCommand> commands) =>
        commands.Select(command => (int)command.Offset!.Value);

    private void Given(int stored)
    {
        for (var sequence = 1; sequence <= stored; sequence++)
        {
            Add(sequence).StoredAt(sequence - 1);
        }
    }

    private AnyCommand Add(long sequence, bool waitsForDecision = true)
    {
        var command = new AnyCommand(waitsForDecision);
        command.BeginAs(sequence, sending: null, by: null!);
        waiting.Add(command);
        return command;
    }

    private sealed class AnyCommand(bool waitsForDecision)
        : PendingCommand(AccountId.FromRequestId("an account", 12), new LogRecord(), waitsForDecision, "a caller")
    {
        public override TimeSpan MaxAge => TimeSpan.MaxValue;

        protected override void OnCompleted()
        {
        }
    }
}
