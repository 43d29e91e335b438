using System.Text.Json;
using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Log;

namespace BankAccounts.Chaos.Tests;

/// <summary>What projectors print when a partition halts is understood, as they print it now.</summary>
public sealed class HaltsTests : IDisposable
{
    private static readonly PartitionHead Head = PartitionHead.Start().After(new LogEntry(8_272, null, [1]));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bank-halts-");

    [Fact]
    public void Another_record_before_the_position_is_a_halt_at_the_position() =>
        Assert.Equal(8_273, PositionOf(() => LogContinuity.RequireLast(11, Head, new LogEntry(8_272, null, [2]))));

    [Fact]
    public void An_end_before_the_position_is_a_halt_at_the_position() =>
        Assert.Equal(8_273, PositionOf(() => LogContinuity.RequireWithin(11, Head, start: 0, end: 8_270)));

    [Fact]
    public void A_start_behind_the_position_is_a_halt_of_another_kind() =>
        Assert.Null(PositionOf(() => LogContinuity.RequireWithin(11, Head, start: 9_000, end: 9_001)));

    [Fact]
    public void A_halted_channel_and_a_health_check_are_no_halts() => Assert.Empty(Noted(
        "The channel from partition 3 to 11 is halted: the credit at offset 7 does not fit what it took before.",
        "Health check ledger is Unhealthy: 'Partition 11 is halted: Redis stands at 9, but the log ends at 8.'"));

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Where the one halt is that is noted of what a projector prints.</summary>
    private long? PositionOf(Action halts)
    {
        var why = Assert.Throws<HaltException>(halts).Message;
        var noted = Assert.Single(Noted($"2026-11-23T17:02:41.0283235Z       {why} (partition 11)"));
        Assert.Equal("halted", noted.GetProperty("event").GetString());
        Assert.Equal(11, noted.GetProperty("partition").GetInt32());
        return noted.TryGetProperty("position", out var position) ? position.GetInt64() : null;
    }

    private List<JsonElement> Noted(params string[] lines)
    {
        var path = Path.Combine(folder.FullName, "events.jsonl");
        using (var log = new EventLog(path))
        {
            Array.ForEach(lines, new Halts(log).Read);
        }
        return [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
