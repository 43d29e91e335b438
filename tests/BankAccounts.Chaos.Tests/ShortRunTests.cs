using Xunit.Abstractions;

namespace BankAccounts.Chaos.Tests;

/// <summary>
/// The short form of <c>./bank chaos</c>, always the same: what must be survived at least, on one bank with three
/// brokers. The checker finds nothing in what it left, and finds everything that is falsified in it afterwards.
/// </summary>
public sealed class ShortRunTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bank-chaos-");

    [Fact]
    public async Task Ten_kills_three_zombies_a_lost_Redis_and_a_lost_broker_break_no_promise()
    {
        var result = await new ChaosRun(folder.FullName, Seed, output.WriteLine).RunAsync(ScheduleAsync);

        output.WriteLine(ChaosCommand.Text(new ChaosOptions { Seed = Seed }, result));
        Assert.True(result.IsRight, result.Report);
        Assert.True(result.Tally.Kills >= 10, $"There were {result.Tally.Kills} kills.");
        Assert.True(result.Tally.Pauses >= 3, $"There were {result.Tally.Pauses} pauses beyond the session.");
        Assert.True(result.Tally.ZombieCommits > 0, "No commit of a zombie was refused: the pauses did not bite.");
        Assert.True(result.Tally.RedisLosses >= 1 && result.Tally.BrokerLosses >= 1);

        var (exitCode, bites) = await Python.RunAsync(Patience, "bites.py", folder.FullName);
        output.WriteLine(bites);
        Assert.True(exitCode == 0, bites);
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Pauses beside kills of what they do not depend on; then the servers below, and records of nobody.</summary>
    private static async Task ScheduleAsync(Nemesis nemesis)
    {
        await Task.WhenAll(
            InTurnAsync(nemesis, [new PausedProjector(), new PausedProjector(), new PausedProjector()]),
            InTurnAsync(nemesis, [.. Killed(ChaosBank.CommandService, 4), .. Killed(ChaosBank.QueryService, 2)]));
        await Task.WhenAll(
            InTurnAsync(nemesis, Killed(ChaosBank.ProjectionService, 2)),
            InTurnAsync(nemesis, [new KilledLeader()]),
            InTurnAsync(
                nemesis,
                [
                    new ForeignRecords("poison"), new ForeignRecords("orphans"), new ForeignRecords("duplicates"),
                    new KilledRedis(),
                ]));
        // Alone: how soon others are served is a promise only where nothing else goes wrong.
        await InTurnAsync(
            nemesis, [new Overload(TimeSpan.FromSeconds(1)), new RollingRestart(ChaosBank.CommandService)]);
    }

    private static IEnumerable<Fault> Killed(string service, int times) =>
        Enumerable.Repeat<Fault>(new KilledService(service), times);

    private static async Task InTurnAsync(Nemesis nemesis, IEnumerable<Fault> faults)
    {
        var random = new Random(Seed);
        foreach (var fault in faults)
        {
            await nemesis.StrikeAsync(fault, random, CancellationToken.None);
        }
    }
}
