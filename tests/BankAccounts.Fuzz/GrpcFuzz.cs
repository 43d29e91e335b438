using System.Diagnostics;
using System.Globalization;

namespace BankAccounts.Fuzz;

/// <summary>
/// Hostile input over gRPC: each number of a seed is a case. Text that cases borrow from earlier answers, and what runs at
/// the same time, are chance.
/// </summary>
internal sealed class GrpcFuzz(FuzzTarget bank, int seed, Action<string> say)
{
    private const int AtOnce = 48;
    private const int ProgressLines = 10;

    /// <summary>Of a hundred cases, so many are well-formed messages, mutated ones, broken frames; the rest breaks HTTP/2.</summary>
    private const int Fields = 60, Wire = 25, Frames = 11;

    private readonly Findings findings = new();
    private readonly Books books = new();
    private readonly Seen seen = new();

    /// <summary>Runs some cases; the findings are empty if all of them were answered as they had to be.</summary>
    public async Task<Findings> RunAsync(int from, int cases)
    {
        using var stop = new CancellationTokenSource();
        var polite = new PoliteCaller(bank, books, findings);
        var watching = Task.WhenAll(polite.RunAsync(stop.Token), bank.Services.WatchAsync(stop.Token));
        var clock = Stopwatch.StartNew();
        try
        {
            await RunCasesAsync(from, cases);
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
        say(Line($"{cases} cases in {clock.Elapsed.TotalSeconds:F0} s ({FrameCases.Kinds} kinds of broken frames and headers, {Http2Cases.Kinds} of broken connections)"));
        say(Line($"{polite.Calls} polite calls meanwhile: p50 {Ms(polite, 0.5)} ms, p99 {Ms(polite, 0.99)} ms, longest {Ms(polite, 1)} ms"));
        await CheckAsync(cases);
        return findings;
    }

    private async Task RunCasesAsync(int from, int cases)
    {
        using var caller = new WireCaller(bank.Addresses);
        var messages = new MessageCases(caller, new Verdicts(), seen, books, findings);
        var frames = new FrameCases(caller, findings);
        var http2 = new Http2Cases(bank, findings);
        var done = 0;
        var progress = Math.Max(1, cases / ProgressLines);
        await Parallel.ForEachAsync(
            Enumerable.Range(from, cases),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, _) =>
            {
                var random = new Random(unchecked((seed * 1_000_003) ^ (number * 7_919)));
                var name = Line($"case {number} of seed {seed}");
                await (random.Next(100) switch
                {
                    < Fields => messages.RunAsync(name, random, isMutated: false),
                    < Fields + Wire => messages.RunAsync(name, random, isMutated: true),
                    < Fields + Wire + Frames => frames.RunAsync(name, random),
                    _ => http2.RunAsync(name, random),
                });
                if (Interlocked.Increment(ref done) % progress == 0)
                {
                    say(Line($"{Volatile.Read(ref done)} of {cases}, findings {findings.Count}"));
                }
            });
    }

    private async Task CheckAsync(int cases)
    {
        var accounts = await books.CheckAsync(bank.Addresses[(int)BankService.Query], findings);
        say(Line($"{books.Accepted} commands were accepted; {accounts} balances were compared, {books.Doubted} accounts left to the log"));
        foreach (var line in bank.Services.Memory())
        {
            say(line);
        }
        bank.Services.Check(findings);
        say(Line($"The server below gRPC has lost sight of {bank.Logs.Check(cases, findings)} connections"));
    }

    private static string Ms(PoliteCaller polite, double share) =>
        polite.Latency(share).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);

    private static string Line(FormattableString text) => FormattableString.Invariant(text);
}
