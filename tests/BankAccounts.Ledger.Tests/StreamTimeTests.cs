using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Tests.Logs;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>The time that the fold knows.</summary>
public sealed class StreamTimeTests
{
    [Theory]
    [InlineData(StartMs, StartMs)]
    [InlineData(StartMs + 1, StartMs + 1)]
    [InlineData(StartMs - 1, StartMs)]
    [InlineData(1, StartMs)]
    [InlineData(StartMs + 10_000, StartMs + 10_000)]
    [InlineData(StartMs + 10_001, StartMs + 10_000)]
    [InlineData(StartMs + 3_600_000, StartMs + 10_000)]
    [InlineData(Bounds.MaxRecordedAtMs, StartMs + 10_000)]
    public void It_moves_towards_a_records_time_never_back_and_at_most_10_seconds(long recordedAtMs, long expectedMs)
    {
        var spec = LedgerSpec.Given(Create(Alice).At(StartMs)).When(Deposit(Alice, 1).At(recordedAtMs));
        Assert.Equal(expectedMs, spec.Ledger.Head.StreamTimeMs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(StartMs)]
    [InlineData(Bounds.MaxRecordedAtMs)]
    public void The_first_record_sets_it(long recordedAtMs)
    {
        Assert.Equal(0, PartitionHead.Start().StreamTimeMs);
        Assert.Equal(recordedAtMs, LedgerSpec.Given(Create(Alice).At(recordedAtMs)).Ledger.Head.StreamTimeMs);
    }

    [Fact]
    public void A_refused_command_and_a_repeated_request_move_it_too()
    {
        var spec = LedgerSpec.Given(Create(Alice).As("r").At(StartMs));
        spec.When(Deposit(Bob, 1).At(StartMs + 1_000));
        Assert.Equal(StartMs + 1_000, spec.Ledger.Head.StreamTimeMs);
        spec.When(Create(Alice).As("r").At(StartMs + 2_000));
        Assert.Equal(StartMs + 2_000, spec.Ledger.Head.StreamTimeMs);
    }
}
