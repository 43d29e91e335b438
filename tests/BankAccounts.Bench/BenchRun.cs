using System.Diagnostics;
using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Processes;
using BankAccounts.Bench.Report;

namespace BankAccounts.Bench;

/// <summary>One run, from starting the bank to the table.</summary>
internal sealed class BenchRun(BenchOptions options, Session session)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Series> series = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();

    public static async Task<int> RunAsync(BenchOptions options)
    {
        if (options.Help)
        {
            Console.WriteLine(BenchOptions.Usage);
            return 0;
        }
        var folder = Directory.CreateTempSubdirectory("bank-bench-");
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName)
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        try
        {
            Console.WriteLine("Starting the bank");
            await using var session = await Session.StartAsync(folder.FullName, options);
            return await new BenchRun(options, session).MeasureAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<int> MeasureAsync()
    {
        var plan = Plan.Of(session);
        if (options.Only.FirstOrDefault(name => plan.All(known => known.Name != name)) is { } unknown)
        {
            throw new BenchException($"There is no {unknown}. ./bank bench --list names them all.");
        }
        await PrepareAsync();
        var wanted = plan.Where(measurement => options.Wants(measurement.Name)).ToList();
        foreach (var measurement in wanted)
        {
            series[measurement.Name] = new Series(measurement);
            await MeasureAsync(measurement, WarmUp);
        }
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var measurement in wanted)
            {
                var sample = await MeasureAsync(measurement, options.Repetition);
                series[measurement.Name].Add(sample);
                Say(FormattableString.Invariant(
                    $"round {round}  {measurement.Name,-22} {Figures.Text(sample.Value),10} {measurement.Unit}{Notes(sample)}"));
            }
        }
        Say("checking the ledger");
        var check = await session.CheckAsync();
        Console.WriteLine(TextReport.Of(series.Values, Bar.All.Select(bar => bar.Of(series)).OfType<Ratio>(), check, session.Witness.Errors));
        return check.IsRight ? 0 : 1;
    }

    private async Task PrepareAsync()
    {
        Say($"opening {options.Accounts} accounts");
        await session.Opening.OpenAsync(options.Accounts);
        Say("filling the log");
        await session.Execute.SendAsync(100_000);
        await session.Topics.CreateAsync(Yardsticks.RawKafka.Topic, options.Partitions);
        await session.Topics.CreateAsync(Yardsticks.RawKafka.LatencyTopic, 1);
        await session.Topics.CreateAsync(Yardsticks.TutorialDesign.Topic, 1);
        session.RawKafka.TakeSample();
    }

    private async Task<Sample> MeasureAsync(Measurement measurement, TimeSpan duration)
    {
        var (sample, cpu) = await CpuUsage.WhileAsync(session.Bank.Processes, () => measurement.RunAsync(duration));
        return sample with { Cpu = cpu };
    }

    private static string Notes(Sample sample)
    {
        var cpu = sample.Cpu!;
        var latency = sample.Latency is { } times
            ? FormattableString.Invariant($"  p50 {times.Quantile(0.5).TotalMilliseconds:0.00} ms p99 {times.Quantile(0.99).TotalMilliseconds:0.00} ms")
            : string.Empty;
        return FormattableString.Invariant(
            $"{latency}  {CpuNotes.Of(cpu, sample.Count)}");
    }

    private void Say(string line) => Console.WriteLine(FormattableString.Invariant($"{clock.Elapsed.TotalSeconds,6:0} s  {line}"));
}
