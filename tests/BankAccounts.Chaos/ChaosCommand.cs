using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>What <c>./bank chaos</c> does, from the options to the verdict.</summary>
internal static class ChaosCommand
{
    /// <summary>From so many pauses on, some commit of a zombie must have been refused: or the pauses did not bite.</summary>
    private const int PausesThatBite = 5;

    /// <returns>The exit code: 0 if every invariant held.</returns>
    public static async Task<int> RunAsync(ChaosOptions options)
    {
        if (options.Help || options.List)
        {
            Console.WriteLine(options.Help
                ? ChaosOptions.Usage
                : string.Join('\n', AllFaults.All.Select(fault => fault.Name)));
            return 0;
        }
        Console.WriteLine($"Seed {options.Seed}");
        using var interruption = new Interruption();
        var folder = Directory.CreateTempSubdirectory("bank-chaos-");
        var isKept = true;
        try
        {
            var result = await new ChaosRun(folder.FullName, options.Seed, Console.WriteLine)
                .RunAsync(nemesis => DisturbAsync(nemesis, options), interruption.Token);
            isKept = options.Keep || !IsGood(result);
            Console.WriteLine(Text(options, result));
            return IsGood(result) ? 0 : 1;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            isKept = options.Keep;
            return Interruption.ExitCode;
        }
        finally
        {
            if (isKept)
            {
                Console.WriteLine($"Kept: {folder.FullName}");
            }
            else
            {
                folder.Delete(recursive: true);
            }
        }
    }

    /// <summary>What was injected, what was checked, and the verdict, which is the last line.</summary>
    public static string Text(ChaosOptions options, ChaosResult result)
    {
        var tally = result.Tally;
        return string.Join('\n',
        [
            string.Create(CultureInfo.InvariantCulture, $"Seed {options.Seed}, {options.Minutes} min. Injected:"),
            .. result.Injected.Select(one => $"  {one.Key,-28} {one.Value,5}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"kills {tally.Kills}, losses of Redis {tally.RedisLosses}, losses of brokers {tally.BrokerLosses}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"pauses beyond the session {tally.Pauses}, refused commits of zombies {tally.ZombieCommits}")
            + string.Create(CultureInfo.InvariantCulture, $" (after {tally.BittenPauses} of the pauses)"),
            .. result.FailedFaults == 0
                ? (string[])[]
                : [$"{result.FailedFaults} faults could not be brought about, or healed: see above."],
            .. HaveBitten(tally) ? (string[])[] : ["No commit of a zombie was refused: the pauses did not bite."],
            result.Report.TrimEnd(),
        ]);
    }

    private static bool IsGood(ChaosResult result) => result.IsRight && HaveBitten(result.Tally);

    private static bool HaveBitten(Tally tally) => tally.Pauses < PausesThatBite || tally.ZombieCommits > 0;

    private static async Task DisturbAsync(Nemesis nemesis, ChaosOptions options)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(options.Minutes));
        await Task.WhenAll(
            nemesis.RunAsync(Wanted(AllFaults.OfProcesses, options, nemesis.Bank), options.Seed, end.Token),
            nemesis.RunAsync(Wanted(AllFaults.OfSurroundings, options, nemesis.Bank), ~options.Seed, end.Token));
    }

    private static List<Fault> Wanted(IReadOnlyList<Fault> lane, ChaosOptions options, ChaosBank bank)
    {
        var wanted = new List<Fault>();
        foreach (var fault in lane.Where(one => options.Only.Count == 0 || options.Only.Contains(one.Name)))
        {
            if (!Tools.AreThere(fault))
            {
                Console.WriteLine($"Left out: {fault.Name} needs {fault.Tool}; ./bank setup --chaos installs it.");
            }
            else if (options.Only.Count == 0 && fault.WhyNot(bank) is { } reason)
            {
                Console.WriteLine($"Left out: {fault.Name}: {reason}; --only {fault.Name} brings it about all the same.");
            }
            else
            {
                wanted.Add(fault);
            }
        }
        return wanted;
    }
}
