using System.Diagnostics;
using BankAccounts.Bench.Measuring;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Bench.Workloads;

/// <summary>Builds the state of all partitions anew, from the call until the new generation serves.</summary>
internal sealed class Rebuilds(CallInvoker ledger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public async Task<Sample> RunAsync()
    {
        var clock = Stopwatch.StartNew();
        using var call = new LedgerService.LedgerServiceClient(ledger)
            .Rebuild(new RebuildRequest(), deadline: DateTime.UtcNow + Patience);
        long records = 0;
        await foreach (var step in call.ResponseStream.ReadAllAsync())
        {
            records += step.Done ? step.Position : 0;
        }
        return new Sample(records / clock.Elapsed.TotalSeconds, records);
    }
}
