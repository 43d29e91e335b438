using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>
/// Each replica of some services is told to stop, as an operator does, and started again, one after the other, when
/// those that calls go to are healthy. Callers beside it ask again until they know; what they were not told is noted
/// for the checker.
/// </summary>
internal sealed class RollingRestart(params string[] services) : Fault
{
    /// <summary>The number of its first caller among the clients of a run.</summary>
    private const int FirstNumber = 110;

    private const int Callers = 4;

    /// <summary>
    /// What has to be healthy before the next one stops. A projector with a halted channel is not, until an operator has
    /// looked, and its partitions go on all the same.
    /// </summary>
    private static readonly string[] Awaited = [ChaosBank.CommandService, ChaosBank.QueryService];

    public override string Name => "rolling-restart";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        if (!await world.HasAccountsAsync(hurry))
        {
            return "nothing: the run was over";
        }
        var callers = Enumerable.Range(FirstNumber, Callers).Select(number => new PoliteClient(
            number, world.Bank.CommandAddress, world.Population, world.Log, new Random(random.Next()))).ToList();
        using var stop = new CancellationTokenSource();
        var asking = Task.WhenAll(callers.Select(caller => caller.RunAsync(stop.Token)));
        var began = world.Log.Now;
        var restarted = 0;
        try
        {
            foreach (var id in services.SelectMany(world.Bank.Replicas.IdsOf).TakeWhile(_ => !hurry.IsCancellationRequested))
            {
                await world.Bank.Replicas.HealAsync(Awaited);
                await world.Bank.Replicas.StopAsync(id);
                await world.Bank.Replicas.StartAsync(id);
                restarted++;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await asking;
        }
        var slowest = callers.Max(caller => caller.Slowest);
        var (answered, cut, failed) = (
            callers.Sum(caller => caller.Answered), callers.Sum(caller => caller.Cut), callers.Sum(caller => caller.Failed));
        world.Log.Note(new
        {
            Event = "rolling_restart",
            T = began,
            Ended = world.Log.Now,
            Restarted = restarted,
            Answered = answered,
            Cut = cut,
            Failed = failed,
            SlowestMs = (int)slowest.TotalMilliseconds,
        });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{restarted} replicas: {answered} commands answered, slowest {slowest.TotalMilliseconds:F0} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"{cut} calls without an answer, {failed} commands given up");
    }
}
