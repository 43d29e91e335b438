using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Log;
using BankAccounts.Tests.Logs;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>A log that is not the one that was folded halts its partition.</summary>
public sealed class LogContinuityTests
{
    private static readonly LogWriter Log = new LogWriter().Append(Create(Alice), Deposit(Alice, 5), Deposit(Alice, 6));

    /// <summary>Where Redis stands: all three records are folded.</summary>
    private static readonly PartitionHead Head = Log.Entries.Aggregate(
        PartitionHead.Start(), (head, entry) => head.After(entry));

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, 7)]
    [InlineData(2, 3)]
    public void A_log_that_has_the_last_record_and_reaches_the_position_is_right(long start, long end) =>
        LogContinuity.RequireWithin(Partition, Head, start, end);

    [Theory]
    [InlineData(0, 2, "Partition 3 is halted: Redis stands at 3, but the log ends at 2.")]
    [InlineData(0, 0, "Partition 3 is halted: Redis stands at 3, but the log ends at 0.")]
    [InlineData(3, 3, "Partition 3 is halted: Redis stands at 3, but the log starts at 3.")]
    [InlineData(4, 9, "Partition 3 is halted: Redis stands at 3, but the log starts at 4.")]
    public void A_log_that_ends_before_or_starts_behind_it_is_not(long start, long end, string why)
    {
        var halt = Assert.Throws<HaltException>(() => LogContinuity.RequireWithin(Partition, Head, start, end));
        Assert.StartsWith(why, halt.Message, StringComparison.Ordinal);
        Assert.False(halt.NeedsNewerBuild);
    }

    [Fact]
    public void Where_nothing_was_folded_any_end_is_right_but_not_a_start_behind_the_first_record()
    {
        LogContinuity.RequireWithin(Partition, PartitionHead.Start(), start: 0, end: 0);
        LogContinuity.RequireWithin(Partition, PartitionHead.Start(), start: 0, end: 5);
        Assert.Throws<HaltException>(() => LogContinuity.RequireWithin(Partition, PartitionHead.Start(), start: 1, end: 5));
    }

    [Fact]
    public void The_last_record_must_be_the_one_that_was_folded()
    {
        LogContinuity.RequireLast(Partition, Head, Log.Entries[2]);
        foreach (var other in new[]
        {
            Log.Entries[1],
            Log.Entries[1] with { Offset = 2 },
            Log.Entries[2] with { Value = null },
            Log.Entries[2] with { Key = null },
        })
        {
            var halt = Assert.Throws<HaltException>(() => LogContinuity.RequireLast(Partition, Head, other));
            Assert.Contains("the record at offset 2 is not the one that was folded", halt.Message, StringComparison.Ordinal);
            Assert.False(halt.NeedsNewerBuild);
        }
    }
}
