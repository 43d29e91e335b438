using Aspire.Hosting.Testing;
using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Checks;
using BankAccounts.Bench.Workloads;
using Xunit.Abstractions;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>The workloads of <c>./bank bench</c>, for moments only: they do what they say, and the books are right.</summary>
[Collection(SharedBank.Name)]
public sealed class BenchTests(BankFixture fixture, ITestOutputHelper output)
{
    private const int Accounts = 100;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task Every_workload_is_acknowledged_and_found_in_the_ledger()
    {
        using var commands = To("command-service", connections: 2);
        using var queries = To("query-service", connections: 1);
        using var ledger = To("projection-service", connections: 1);
        var witness = new Witness(new Population(), new Acknowledgements(Bank.Partitions));
        var check = new LedgerCheck(ledger[0], queries[0], witness.Population, witness.Acknowledged);
        await check.BeginAsync();

        await new Opening(commands, witness.Population, witness.Acknowledged).OpenAsync(Accounts);
        var (unary, execute) = (new UnaryCommands(commands, witness), new ExecuteCommands(commands, witness, batchesPerStream: 2));
        var counts = new[]
        {
            (await unary.RunAsync(8, Moment)).Count,
            (await unary.RunOnOneAsync(8, Moment)).Count,
            (await unary.RunOpenAsync(perSecond: 100, Moment)).Count,
            (await execute.RunAsync(transfers: false, Moment)).Count,
            (await execute.RunAsync(transfers: true, Moment)).Count,
        };
        var result = await check.RunAsync();
        output.WriteLine(result.ToString());

        Assert.Empty(result.Wrong);
        Assert.Empty(witness.Errors);
        Assert.All(counts, count => Assert.True(count > 0));
        // Each account was opened, and filled by a deposit.
        Assert.Equal((2 * Accounts) + counts.Sum(), result.Acknowledged);

        // The check can fail: a deposit that was never made is missed in its account and in the sum.
        witness.Answered(CommandKind.Deposit, account: 0, other: 0, new Answer(0, AnswerKind.Accepted, 0, 0));
        var wrong = new List<string>();
        await check.CompareBalancesAsync(wrong);
        Assert.Equal(2, wrong.Count);
    }

    private Connections To(string service, int connections) =>
        new([bank.App.GetEndpoint(service, "http")], connections);
}
