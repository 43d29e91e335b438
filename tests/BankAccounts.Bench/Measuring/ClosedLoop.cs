using System.Diagnostics;

namespace BankAccounts.Bench.Measuring;

/// <summary>So many callers, each of whom asks again as soon as it is answered.</summary>
public static class ClosedLoop
{
    /// <summary>Calls for so long, each caller once at least, and gives calls per second with their latencies.</summary>
    /// <param name="inFlight">How many callers: 1 or more.</param>
    /// <param name="duration">How long new calls are begun.</param>
    /// <param name="callAsync">One call of one caller, by its number from 0.</param>
    public static async Task<Sample> RunAsync(int inFlight, TimeSpan duration, Func<int, Task> callAsync)
    {
        var histograms = new LatencyHistogram[inFlight];
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(caller => Task.Run(async () =>
        {
            var latency = histograms[caller] = new LatencyHistogram();
            var now = clock.Elapsed;
            do
            {
                var begun = now;
                await callAsync(caller);
                now = clock.Elapsed;
                latency.Record(now - begun);
            }
            while (now < duration);
        })));
        var elapsed = clock.Elapsed;
        var all = histograms[0];
        foreach (var other in histograms.Skip(1))
        {
            all.Add(other);
        }
        return new Sample(all.Count / elapsed.TotalSeconds, all.Count, all);
    }
}
