using BankAccounts.Bench.Report;

namespace BankAccounts.Bench.Workloads;

/// <summary>Hours at a rate that the bank can bear: does memory grow, does it slow down?</summary>
internal sealed class Soak(Session session, Action<string> say)
{
    /// <summary>The part of the capacity that it is loaded with.</summary>
    private const double PartOfCapacity = 0.7;

    private const int InFlight = 64;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // On a slow machine the bank is twice as fast after a minute as in its first seconds.
    private static readonly TimeSpan WarmUp = Minute, CapacityTime = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<SoakMinute>> RunAsync(TimeSpan duration)
    {
        await session.Unary.RunAsync(InFlight, WarmUp);
        var capacity = await session.Unary.RunAsync(InFlight, CapacityTime);
        var rate = PartOfCapacity * capacity.Value;
        say(FormattableString.Invariant(
            $"capacity {Figures.Text(capacity.Value)} commands/s; {Figures.Text(rate)} commands/s from here on"));
        var minutes = new List<SoakMinute>();
        for (var minute = 1; minute <= duration.TotalMinutes; minute++)
        {
            var sample = await session.Unary.RunOpenAsync(rate, Minute);
            var memory = await session.Memory.LookAsync();
            minutes.Add(new SoakMinute(
                minute, sample.Value, sample.Latency!, memory, session.Witness.Acknowledged.Count));
            say(FormattableString.Invariant(
                $"minute {minute,4}  {Latencies.Text(sample.Latency!)}  {Memories.Text(memory)}"));
        }
        return minutes;
    }
}
