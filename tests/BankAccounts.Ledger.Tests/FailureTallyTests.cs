using BankAccounts.ProjectionService.Transfers;

namespace BankAccounts.Ledger.Tests;

/// <summary>Failures by the thousand are told at most once in an interval, and none goes uncounted.</summary>
public sealed class FailureTallyTests
{
    [Fact]
    public void The_first_is_told_at_once_and_the_others_together_when_the_interval_is_over()
    {
        var clock = new HandClock();
        var tally = new FailureTally(TimeSpan.FromSeconds(10), clock);

        Assert.Equal([1, 0, 0], [tally.Add(), tally.Add(), tally.Add()]);
        clock.Seconds = 9;
        Assert.Equal(0, tally.Add());
        clock.Seconds = 10;
        Assert.Equal([4, 0], [tally.Add(), tally.Add()]);
    }

    private sealed class HandClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
