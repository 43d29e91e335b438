using System.Diagnostics;
using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Yardsticks;

namespace BankAccounts.Bench.Workloads;

/// <summary>What is done on an idle system.</summary>
public enum IdleStep
{
    /// <summary>A record to Kafka and back.</summary>
    Record,

    /// <summary>A gRPC call that does nothing.</summary>
    EmptyCall,

    /// <summary>A command, answered with its decision.</summary>
    Command,
}

/// <summary>
/// One thing at a time on a system that has nothing else to do: a record to Kafka and back, an empty call and a command
/// in turn, with a pause before each. So all three find what an idle system is like: threads asleep, and caches that
/// others have used since.
/// </summary>
/// <param name="kafka">For the record.</param>
/// <param name="emptyCallAsync">The empty call.</param>
/// <param name="commandAsync">The command.</param>
internal sealed class IdleSystem(RawKafka kafka, Func<Task> emptyCallAsync, Func<Task> commandAsync)
{
    /// <summary>Long enough that a thread which looks around for more work before it sleeps is asleep.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // The first ones find their way to the broker.
    private const int UncountedTurns = 10;

    /// <summary>Takes turns for so long, and gives how long one of the three took: the median, in milliseconds.</summary>
    public Task<Sample> RunAsync(IdleStep counted, TimeSpan duration) => Task.Run(async () =>
    {
        using var trip = kafka.NewRoundTrip();
        var pacer = new SystemPacer();
        var latency = new LatencyHistogram();
        var clock = Stopwatch.StartNew();
        for (var turn = -UncountedTurns; latency.Count == 0 || clock.Elapsed < duration; turn++)
        {
            foreach (var step in Enum.GetValues<IdleStep>())
            {
                pacer.WaitUntil(pacer.Now + Pause);
                var begun = clock.Elapsed;
                await DoAsync(step, trip, Math.Abs(turn));
                if (step == counted && turn >= 0)
                {
                    latency.Record(clock.Elapsed - begun);
                }
            }
        }
        return new Sample(latency.Quantile(0.5).TotalMilliseconds, latency.Count, latency);
    });

    private Task DoAsync(IdleStep step, RoundTrip trip, int number)
    {
        switch (step)
        {
            case IdleStep.Record:
                trip.Make(kafka.SampleOf(number));
                return Task.CompletedTask;
            case IdleStep.EmptyCall:
                return emptyCallAsync();
            default:
                return commandAsync();
        }
    }
}
