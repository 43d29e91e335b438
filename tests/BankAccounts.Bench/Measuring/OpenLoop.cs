namespace BankAccounts.Bench.Measuring;

/// <summary>
/// Calls at a steady rate, whether or not earlier ones were answered. A latency counts from the moment at which its
/// call was meant to be made: when the server stalls, the calls that it kept from being made in time count as slow
/// ones too (no coordinated omission).
/// </summary>
public static class OpenLoop
{
    /// <summary>Calls that may be under way before the run gives up: the rate is beyond the capacity.</summary>
    public const int MostUnderWay = 20_000;

    /// <summary>Calls at a rate for so long and gives the calls per second that were answered.</summary>
    /// <exception cref="BenchException">Too many are under way.</exception>
    public static async Task<Sample> RunAsync(
        IPacer pacer, double perSecond, TimeSpan duration, Func<int, Task> callAsync)
    {
        ArgumentNullException.ThrowIfNull(pacer);
        var run = new Run(pacer, perSecond, (int)(duration.TotalSeconds * perSecond), callAsync);
        // A thread of its own: the pool's threads are for the answers.
        await Task.Factory.StartNew(
            run.CallAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await run.AllAnswered;
        return new Sample(run.Latency.Count / run.End.TotalSeconds, run.Latency.Count, run.Latency);
    }

    private sealed class Run(IPacer pacer, double perSecond, int count, Func<int, Task> callAsync)
    {
        private readonly TaskCompletionSource allAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock recording = new();
        private readonly TimeSpan begun = pacer.Now;
        private int answered;
        private int called;

        public LatencyHistogram Latency { get; } = new();

        public TimeSpan End { get; private set; }

        public Task AllAnswered => allAnswered.Task;

        public void CallAll()
        {
            for (var number = 0; number < count; number++)
            {
                var meantAt = begun + TimeSpan.FromSeconds(number / perSecond);
                pacer.WaitUntil(meantAt);
                if (++called - Volatile.Read(ref answered) > MostUnderWay)
                {
                    throw new BenchException(FormattableString.Invariant(
                        $"More than {MostUnderWay} calls were under way at {perSecond:F0}/s."));
                }
                _ = CallAsync(number, meantAt);
            }
        }

        private async Task CallAsync(int number, TimeSpan meantAt)
        {
            try
            {
                await callAsync(number);
            }
            catch (Exception fault)
            {
                allAnswered.TrySetException(fault);
                throw;
            }
            var now = pacer.Now;
            lock (recording)
            {
                Latency.Record(now - meantAt);
                if (++answered == count)
                {
                    End = now - begun;
                    allAnswered.TrySetResult();
                }
            }
        }
    }
}
