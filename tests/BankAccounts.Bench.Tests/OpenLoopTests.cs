using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench.Tests;

/// <summary>A server that stalls, by a clock that stands still unless somebody waits.</summary>
public sealed class OpenLoopTests
{
    [Fact]
    public async Task A_stall_counts_for_every_call_that_was_meant_to_be_made_in_it()
    {
        // 1,000 calls a second for a second. The server answers at once but for one stall of 500 ms that
        // holds the caller back: half of the calls are late by up to 500 ms, evenly.
        var clock = new ScriptedClock();
        var sample = await OpenLoop.RunAsync(clock, perSecond: 1_000, TimeSpan.FromSeconds(1), number =>
        {
            if (number == 100)
            {
                clock.Advance(TimeSpan.FromMilliseconds(500));
            }
            return Task.CompletedTask;
        });
        Assert.Equal(1_000, sample.Count);
        Assert.InRange(sample.Latency!.Quantile(0.5).TotalMilliseconds, 0, 1);
        // Counted from the actual sending, 999 of 1,000 would be quick, and p75 would be 0.
        Assert.InRange(sample.Latency.Quantile(0.75).TotalMilliseconds, 245, 260);
        Assert.InRange(sample.Latency.Max.TotalMilliseconds, 500, 510);
    }

    [Fact]
    public async Task A_call_whose_answer_comes_later_counts_from_its_intended_time_too()
    {
        var clock = new ScriptedClock();
        var slow = new TaskCompletionSource();
        var sample = await OpenLoop.RunAsync(clock, perSecond: 100, TimeSpan.FromSeconds(1), number =>
        {
            if (number == 99)
            {
                slow.SetResult();
            }
            return number == 0 ? slow.Task : Task.CompletedTask;
        });
        Assert.InRange(sample.Latency!.Max.TotalMilliseconds, 990, 1_010);
        Assert.InRange(sample.Latency.Quantile(0.98).TotalMilliseconds, 0, 1);
    }

    [Fact]
    public async Task A_rate_beyond_the_capacity_ends_the_run_instead_of_filling_the_memory()
    {
        var never = new TaskCompletionSource();
        await Assert.ThrowsAsync<BenchException>(() => OpenLoop.RunAsync(
            new ScriptedClock(), perSecond: 1_000_000, TimeSpan.FromSeconds(1), _ => never.Task));
    }

    [Fact]
    public async Task A_fault_of_a_call_ends_the_run()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => OpenLoop.RunAsync(
            new ScriptedClock(), perSecond: 10, TimeSpan.FromSeconds(1),
            number => number == 5 ? Task.FromException(new InvalidDataException()) : Task.CompletedTask));
    }

    private sealed class ScriptedClock : IPacer
    {
        public TimeSpan Now { get; private set; }

        public void Advance(TimeSpan time) => Now += time;

        public void WaitUntil(TimeSpan time) => Now = time > Now ? time : Now;
    }
}
