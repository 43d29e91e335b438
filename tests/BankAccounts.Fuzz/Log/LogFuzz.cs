using System.Globalization;
using BankAccounts.Chaos;
using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Fuzz;

/// <summary>
/// Poison in the log: somebody who may write to Kafka appends what no service would, among good commands. Then the log
/// and Redis are compared by the checker's model, which shares no code with the bank, and all of it is built anew.
/// </summary>
internal sealed class LogFuzz(FuzzTarget bank, int seed, string folder, Action<string> say)
{
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly Findings findings = new();

    /// <summary>Poisons the log, unless it is only to be checked. How many kinds there were, and what was found.</summary>
    public async Task<(int Kinds, Findings Findings)> RunAsync(bool poisons)
    {
        using var channel = GrpcChannel.ForAddress(bank.Addresses[(int)BankService.Ledger]);
        var ledger = new LedgerService.LedgerServiceClient(channel);
        var kinds = poisons ? await PoisonAsync() : 0;
        var settled = await SettleAsync(ledger);
        say("Settled; reading the log and Redis");
        await CompareAsync();
        say("Verifying and rebuilding");
        await VerifyAsync(ledger);
        await RebuildAsync(ledger, settled);
        bank.Services.Check(findings);
        bank.Logs.Check(kinds, findings);
        return (kinds, findings);
    }

    private async Task<int> PoisonAsync()
    {
        var books = new Books();
        using var stop = new CancellationTokenSource();
        var polite = new PoliteCaller(bank, books, findings);
        var calling = polite.RunAsync(stop.Token);
        try
        {
            var (exitCode, output) = await Python.RunAsync(
                Patience, ["poison.py", folder, .. bank.Arguments, "--seed", seed.ToString(CultureInfo.InvariantCulture)]);
            if (exitCode != 0)
            {
                throw new ChaosException($"The log could not be poisoned.\n{output}");
            }
            say(output.TrimEnd());
            return int.Parse(output.Split(' ')[0], CultureInfo.InvariantCulture);
        }
        finally
        {
            await stop.CancelAsync();
            await calling;
            await books.CheckAsync(bank.Addresses[(int)BankService.Query], findings);
        }
    }

    /// <summary>Waits until nothing is behind; channels that a forged credit has halted are let go on.</summary>
    private async Task<GetStatusResponse> SettleAsync(LedgerService.LedgerServiceClient ledger)
    {
        var end = DateTime.UtcNow + SettlesWithin;
        while (true)
        {
            var released = await HaltedChannels.ReleaseAsync(ledger);
            var status = await ledger.GetStatusAsync(new GetStatusRequest(), deadline: Soon());
            var behind = status.Partitions.FirstOrDefault(one => one.Lag != 0 || one.UnsettledTransfers != 0
                || one.HaltedChannels.Count > 0 || one.State is PartitionState.Halted or PartitionState.Rebuilding);
            if (released == 0 && behind is null)
            {
                return status;
            }
            if (DateTime.UtcNow > end)
            {
                findings.Add($"the bank did not settle within {SettlesWithin}: {behind}");
                return status;
            }
            await Task.Delay(Look);
        }
    }

    /// <summary>Holds Redis against the checker's model of the log, and the poison against what it has to be.</summary>
    public async Task CompareAsync()
    {
        var (exitCode, output) = await Python.RunAsync(Patience, ["poisoned.py", folder, .. bank.Arguments]);
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("FOUND: ", StringComparison.Ordinal) || exitCode > 1)
            {
                findings.Add(line);
            }
            else
            {
                say(line);
            }
        }
    }

    private async Task VerifyAsync(LedgerService.LedgerServiceClient ledger)
    {
        using var call = ledger.Verify(new VerifyRequest(), deadline: DateTime.UtcNow + Patience);
        await foreach (var step in call.ResponseStream.ReadAllAsync())
        {
            if (step.Verdict is { Equal: false } verdict)
            {
                findings.Add($"Verify: {verdict.Difference}");
            }
        }
    }

    private async Task RebuildAsync(LedgerService.LedgerServiceClient ledger, GetStatusResponse before)
    {
        var rebuilt = before.Partitions.Where(one => one.Position > 0).Select(one => one.Partition).ToList();
        var until = DateTime.UtcNow + SettlesWithin;
        while (await RefusalOfRebuildAsync(ledger, rebuilt) is { } refusal)
        {
            // One that a hostile caller began keeps its lease for half a minute if it was lost.
            if (DateTime.UtcNow > until)
            {
                findings.Add($"Rebuild: {refusal.Status}");
                return;
            }
            await Task.Delay(Look);
        }
        var after = await ledger.GetStatusAsync(new GetStatusRequest(), deadline: Soon());
        foreach (var (one, other) in before.Partitions.Zip(after.Partitions))
        {
            if ((one.Position, one.LogDigest, one.DecisionDigest) != (other.Position, other.LogDigest, other.DecisionDigest))
            {
                findings.Add($"before the rebuild {one}, after it {other}");
            }
        }
    }

    private static async Task<RpcException?> RefusalOfRebuildAsync(
        LedgerService.LedgerServiceClient ledger, IEnumerable<int> partitions)
    {
        using var call = ledger.Rebuild(
            new RebuildRequest { Partitions = { partitions } }, deadline: DateTime.UtcNow + Patience);
        try
        {
            await foreach (var _ in call.ResponseStream.ReadAllAsync())
            {
                // Only its end matters here.
            }
            return null;
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.FailedPrecondition)
        {
            return refusal;
        }
    }

    private static DateTime Soon() => DateTime.UtcNow + CallDeadline;
}
