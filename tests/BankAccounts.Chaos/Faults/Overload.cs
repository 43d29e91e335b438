using System.Diagnostics;
using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>
/// Five times the calls that the bank can answer, from several connections, for some seconds, beside a caller that has
/// one call at a time. Whether it was served, how soon the bank was as before, and how much its memory grew, is noted
/// for the checker.
/// </summary>
internal sealed class Overload(TimeSpan lasts) : Fault
{
    /// <summary>The driver's number among the clients of a run, and that of the polite caller.</summary>
    private const int CrowdNumber = 100, PoliteNumber = 101;

    private const int Connections = 16;
    private const int Times = 5;
    private const int CallersAtCapacity = 256;

    // The machine also runs the callers, so what the bank can do swings from one second to the next.
    private const double LeastShareOfCapacity = 0.5;
    private const double MostTimesP99 = 4;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LooksFor = TimeSpan.FromSeconds(20);

    public override string Name => "overload";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        if (!await world.HasAccountsAsync(hurry))
        {
            return "nothing: the run was over";
        }
        var (bank, log) = (world.Bank, world.Log);
        using var crowd = new CrowdClient(
            CrowdNumber, bank.CommandAddress, Connections, world.Population, log, random.Next());
        var polite = new PoliteClient(
            PoliteNumber, bank.CommandAddress, world.Population, log, new Random(random.Next()));
        // Connections and code are warm after the first step.
        await crowd.InClosedLoopAsync(CallersAtCapacity, Step);
        var before = await crowd.InClosedLoopAsync(CallersAtCapacity, Step);
        var memory = new MemoryGrowth(bank);
        using var stop = new CancellationTokenSource();
        var beside = Task.WhenAll(polite.RunAsync(stop.Token), memory.WatchAsync(stop.Token));
        var began = log.Now;
        var (capacity, offered) = await crowd.InOpenLoopAsync(Times, before.PerSecond, lasts);
        var recovered = await RecoverAsync(crowd, before, hurry);
        await stop.CancelAsync();
        await beside;
        log.Note(new
        {
            Event = "overload",
            T = began,
            Ended = log.Now,
            Capacity = (int)capacity,
            Offered = (int)offered,
            crowd.Accepted,
            crowd.Refused,
            crowd.RefusedWithoutAdvice,
            crowd.Cut,
            PoliteAnswered = polite.Answered,
            PoliteFailed = polite.Failed,
            PoliteSlowestMs = (int)polite.Slowest.TotalMilliseconds,
            RecoveredMs = (int)recovered.TotalMilliseconds,
            GrowthMib = memory.MostMib,
        });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"capacity {capacity:F0}/s, offered {offered:F0}/s for {lasts.TotalSeconds:F0} s: ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{crowd.Accepted} answered, {crowd.Refused} refused, {crowd.Cut} without an answer; as before after ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{recovered.TotalSeconds:F1} s; a polite caller: {polite.Answered} answered (refused before ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{polite.Refused} times), slowest {polite.Slowest.TotalMilliseconds:F0} ms; memory {memory}");
    }

    /// <summary>How long it takes until the bank does as much as before, and as soon.</summary>
    private static async Task<TimeSpan> RecoverAsync(
        CrowdClient crowd, (double PerSecond, TimeSpan P99) before, CancellationToken hurry)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < LooksFor && !hurry.IsCancellationRequested)
        {
            var began = clock.Elapsed;
            var now = await crowd.InClosedLoopAsync(CallersAtCapacity, Step / 2);
            if (now.PerSecond >= LeastShareOfCapacity * before.PerSecond && now.P99 <= MostTimesP99 * before.P99)
            {
                return began;
            }
        }
        return clock.Elapsed;
    }
}
