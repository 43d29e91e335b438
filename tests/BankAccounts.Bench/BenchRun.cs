using System.Diagnostics;
using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Processes;
using BankAccounts.Bench.Report;
using BankAccounts.Bench.Workloads;
using BankAccounts.Bench.Yardsticks;

namespace BankAccounts.Bench;

/// <summary>One run on a bank that is up: what is measured, in which order, and what is found.</summary>
internal sealed class BenchRun(BenchOptions options, Session session)
{
    private const long LogToBeginWith = 100_000;

    private readonly DateTimeOffset begun = DateTimeOffset.UtcNow;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<Series> all = [];
    private readonly MemoryFacts memory = new(options);

    /// <summary>Measures everything that is wanted, and checks the books.</summary>
    public async Task<RunReport> RunAsync()
    {
        var minutes = options.Soak is { } soak ? await SoakAsync(soak) : await BenchAsync();
        Say("checking the ledger");
        var check = await session.CheckAsync();
        return new RunReport(
            begun, clock.Elapsed, options, await session.MachineAsync(), all, memory.Facts, minutes,
            session.Witness.Errors, check);
    }

    private async Task<IReadOnlyList<SoakMinute>> SoakAsync(TimeSpan duration)
    {
        await OpenAsync();
        return await new Soak(session, Say).RunAsync(duration);
    }

    private async Task<IReadOnlyList<SoakMinute>> BenchAsync()
    {
        await OpenAsync();
        var before = await session.Memory.LookAsync();
        var decidedBefore = session.Witness.Acknowledged.Count;
        await PrepareAsync();
        await RoundsAsync([.. Plan.Rounds(session).Where(one => options.Wants(one.Name))]);
        await OpenLoopAsync();
        memory.Decided(
            session.Witness.Acknowledged.Count - decidedBefore, before, await session.Memory.LookAsync());
        await GrowAsync();
        return [];
    }

    private async Task OpenAsync()
    {
        Say($"opening {options.Accounts} accounts");
        var before = await session.Memory.LookAsync();
        await session.Opening.OpenAsync(options.Accounts);
        memory.Opened(options.Accounts, before, await session.Memory.LookAsync());
    }

    private async Task PrepareAsync()
    {
        Say("filling the log");
        await session.Execute.SendAsync(LogToBeginWith);
        var before = await session.Memory.LookAsync();
        var filling = session.Execute.RunAsync(transfers: false, options.Repetition);
        var peak = await session.Memory.PeakWhileAsync(filling);
        await filling;
        memory.UnderWay(session.Execute.MostUnderWay, before, peak);
        await session.Topics.CreateAsync(RawKafka.Topic, options.Partitions);
        await session.Topics.CreateAsync(RawKafka.LatencyTopic, 1);
        await session.Topics.CreateAsync(TutorialDesign.Topic, 1);
        session.RawKafka.TakeSample();
    }

    /// <summary>
    /// One after the other, and again: a machine that slows down is seen. The first round counts for nothing. Until
    /// then .NET and the JVM are busy compiling what runs, which costs a third of the machine at first.
    /// </summary>
    private async Task RoundsAsync(IReadOnlyList<Measurement> measurements)
    {
        var series = measurements.Select(measurement => new Series(measurement)).ToList();
        all.AddRange(series);
        if (series.Count > 0)
        {
            Say("warming up");
        }
        foreach (var measurement in measurements)
        {
            await measurement.RunAsync(options.Repetition);
        }
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var one in series)
            {
                await MeasureAsync(one, FormattableString.Invariant($"round {round}"));
            }
        }
    }

    /// <summary>Latency under a load that the bank can bear, in parts of the best that it did.</summary>
    private async Task OpenLoopAsync()
    {
        var wanted = Plan.OpenLoads.Where(load => options.Wants(Plan.OpenName(load))).ToList();
        if (wanted.Count == 0)
        {
            return;
        }
        var known = all.Where(one => Plan.Capacity.Contains(one.Measurement.Name)).ToList();
        var capacity = known.Count > 0
            ? known.Max(one => one.Median)
            : (await session.Unary.RunAsync(64, options.Repetition)).Value;
        foreach (var load in wanted)
        {
            var one = new Series(Plan.Open(session, load, capacity));
            all.Add(one);
            await MeasureAsync(one, "open loop");
        }
    }

    /// <summary>What a command costs in a bank of each size.</summary>
    private async Task GrowAsync()
    {
        if (!options.Wants(Plan.Growth))
        {
            return;
        }
        var growth = new Growth(session);
        var sizes = BankSize.Steps(options);
        foreach (var size in sizes)
        {
            Say($"growing to {size}");
            await growth.ToAsync(size);
            var one = new Series(Plan.AtSize(session, size, sizes));
            all.Add(one);
            for (var round = 1; round <= options.Rounds; round++)
            {
                await MeasureAsync(one, FormattableString.Invariant($"round {round}"));
            }
        }
    }

    private async Task MeasureAsync(Series series, string phase)
    {
        var measurement = series.Measurement;
        var (sample, cpu) = await CpuUsage.WhileAsync(
            session.Bank.Processes, () => measurement.RunAsync(options.Repetition));
        series.Add(sample with { Cpu = cpu });
        var latency = sample.Latency is { } times ? $"  {Latencies.Text(times)}" : string.Empty;
        Say($"{phase}  {measurement.Name,-22} {Figures.Text(sample.Value),10} {measurement.Unit}{latency}  "
            + CpuNotes.Of(cpu, sample.Count));
    }

    private void Say(string line) =>
        Console.WriteLine(FormattableString.Invariant($"{clock.Elapsed.TotalSeconds,5:0} s  {line}"));
}
