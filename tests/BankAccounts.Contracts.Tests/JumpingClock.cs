namespace BankAccounts.Contracts.Tests;

/// <summary>A clock that stands still and jumps forward to the end of any pause that somebody wants to make.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long ticks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>The pauses that were made.</summary>
    public List<TimeSpan> Pauses { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(ticks, TimeSpan.Zero);

    public override long GetTimestamp() => ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Pauses.Add(dueTime);
        ticks += dueTime.Ticks;
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
