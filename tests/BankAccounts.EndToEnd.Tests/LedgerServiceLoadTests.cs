using System.Diagnostics;
using Aspire.Hosting.Testing;
using BankAccounts.Load;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>What operators may ask of a bank that is at work.</summary>
[Collection(SharedBank.Name)]
public sealed class LedgerServiceLoadTests(BankFixture fixture, ITestOutputHelper output)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task A_second_Verify_or_Rebuild_of_a_process_is_refused_while_the_first_one_runs()
    {
        await SecondIsRefusedAsync("VERIFY_RUNNING", () =>
            EndOfAsync(bank.Ledger.Verify(new VerifyRequest(), deadline: Bank.In(60)).ResponseStream));
        await SecondIsRefusedAsync("REBUILD_RUNNING", () =>
            EndOfAsync(bank.Ledger.Rebuild(new RebuildRequest(), deadline: Bank.In(60)).ResponseStream));
    }

    [Fact]
    public async Task A_rebuild_of_everything_under_load_ends_and_loses_no_acknowledged_command()
    {
        using var driver = new LoadDriver(new LoadOptions
        {
            Address = bank.App.GetEndpoint("command-service", "http"),
            Seed = 11,
            Accounts = 60,
            Transfers = 4_000,
        });
        var load = driver.RunAsync();
        await Eventually.BecomesTrue(
            async () => await bank.UnsettledTransfersAsync() > 0, "transfers are under way", TimeSpan.FromSeconds(60));

        var watch = Stopwatch.StartNew();
        var done = new HashSet<int>();
        using (var rebuild = bank.Ledger.Rebuild(new RebuildRequest(), deadline: Bank.In(180)))
        {
            await foreach (var step in rebuild.ResponseStream.ReadAllAsync())
            {
                if (step.Done)
                {
                    Assert.True(done.Add(step.Partition));
                }
            }
        }
        var (elapsed, wasUnderLoad) = (watch.Elapsed, !load.IsCompleted);
        var report = await load;
        output.WriteLine(FormattableString.Invariant(
            $"Rebuilt {done.Count} partitions in {elapsed.TotalSeconds:f1} s; the load of {report.Outcomes.Values.Sum()} transfers")
            + FormattableString.Invariant($" took {report.Elapsed.TotalSeconds:f1} s, slowest {report.LatencyMs(1):f0} ms, {report.Retries} retries."));

        Assert.Equal(Bank.Partitions, done.Count);
        Assert.True(wasUnderLoad, "The load was over before the rebuild.");
        Assert.Equal(4_000, report.Outcomes.Values.Sum());
        Assert.DoesNotContain("GAVE_UP", report.Outcomes.Keys);
        await Eventually.BecomesTrue(
            async () => await bank.UnsettledTransfersAsync() == 0, "no transfer is unsettled", TimeSpan.FromMinutes(2));
        var balances = await Task.WhenAll(report.Accounts.Select(account => bank.GetAccountAsync(account)));
        Assert.Equal(60 * 1_000, balances.Sum(account => account.Balance));
        var verdict = await bank.VerifyAsync();
        Assert.True(verdict.Equal, verdict.Difference?.ToString());
    }

    /// <summary>
    /// Two calls at once, on one connection and so to one process: the first runs to its end, the second is
    /// refused. That the first was over before the second came is possible, so it is tried until they meet.
    /// </summary>
    private static Task SecondIsRefusedAsync(string reason, Func<Task> call) => Eventually.BecomesTrue(
        async () =>
        {
            var calls = new[] { call(), call() };
            await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);
            var refused = calls.Where(one => one.IsFaulted).Select(one => one.Exception!.InnerException).ToList();
            Assert.All(refused, error => Assert.Equal(
                (StatusCode.ResourceExhausted, reason),
                (Refusal.Of((RpcException)error!).Code, Refusal.Of((RpcException)error!).Reason)));
            return refused.Count == 1;
        },
        $"one of two calls is refused with {reason}",
        TimeSpan.FromSeconds(60));

    private static async Task EndOfAsync<T>(IAsyncStreamReader<T> responses)
    {
        while (await responses.MoveNext(CancellationToken.None))
        {
            // Only the end is of interest.
        }
    }
}
