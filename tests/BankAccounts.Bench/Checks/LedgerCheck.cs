using System.Globalization;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Bench.Checks;

/// <summary>
/// The books after a run. The bank's own Verify folds the log again and compares Redis with it; besides, what the
/// callers were told is held against what QueryService says, account by account and in sum.
/// </summary>
public sealed class LedgerCheck(
    CallInvoker ledger, CallInvoker queries, Population population, Acknowledgements acknowledged)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private long acceptedBefore;

    /// <summary>Notes what a bank that is not new has accepted before the run.</summary>
    public async Task BeginAsync() => acceptedBefore = await AcceptedAsync();

    /// <summary>What is wrong, a sentence each; nothing if the books are right.</summary>
    public async Task<CheckResult> RunAsync()
    {
        var wrong = new List<string>();
        if (acknowledged.Doubled > 0)
        {
            wrong.Add($"{acknowledged.Doubled} commands were acknowledged with the place of another one");
        }
        var (accounts, money) = await CompareBalancesAsync(wrong);
        var records = await VerifyAsync(money, wrong);
        await CompareCountsAsync(wrong);
        return new CheckResult(records, accounts, acknowledged.Count, population.Unknown, wrong);
    }

    /// <summary>Holds what callers were told against what QueryService says; adds what is wrong.</summary>
    /// <returns>How many accounts of the run were found, and the sum of all balances of the bank.</returns>
    public async Task<(int Accounts, Int128 Money)> CompareBalancesAsync(ICollection<string> wrong)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        var client = new QueryService.QueryServiceClient(queries);
        var request = new ListAccountsRequest { PageSize = 500 };
        request.MinPosition.Add(acknowledged.Highest.Select((offset, partition) => new Position
        {
            Partition = partition,
            Offset = Math.Max(0, offset),
        }).Where(position => acknowledged.Highest[position.Partition] >= 0));
        var found = 0;
        Int128 money = 0, ownMoney = 0;
        do
        {
            var page = await client.ListAccountsAsync(request, deadline: DateTime.UtcNow.AddMinutes(1));
            foreach (var account in page.Accounts)
            {
                money += account.Balance;
                if (!population.Has(account.AccountId))
                {
                    continue;
                }
                found++;
                ownMoney += account.Balance;
                if (population.Judge(account.AccountId, account.Balance) is { } difference)
                {
                    wrong.Add(difference);
                }
            }
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        if (found != population.Count)
        {
            wrong.Add($"{population.Count} accounts were opened, {found} are there");
        }
        var (least, most) = population.Total();
        if (ownMoney < least || ownMoney > most)
        {
            wrong.Add($"all accounts together hold {ownMoney}, acknowledged commands say {least} … {most}");
        }
        return (found, money);
    }

    /// <summary>Where everything is known, the ledger must have accepted exactly as much as was acknowledged.</summary>
    private async Task CompareCountsAsync(List<string> wrong)
    {
        var accepted = await AcceptedAsync() - acceptedBefore;
        if (accepted < acknowledged.Count || (population.Unknown == 0 && accepted != acknowledged.Count))
        {
            wrong.Add($"{acknowledged.Count} commands were acknowledged, the ledger accepted {accepted}");
        }
    }

    private async Task<long> AcceptedAsync()
    {
        var status = await new LedgerService.LedgerServiceClient(ledger)
            .GetStatusAsync(new GetStatusRequest(), deadline: DateTime.UtcNow.AddMinutes(1));
        return status.Partitions.Sum(partition => partition.Counters?.Accepted ?? 0);
    }

    private async Task<long> VerifyAsync(Int128 money, List<string> wrong)
    {
        using var call = new LedgerService.LedgerServiceClient(ledger)
            .Verify(new VerifyRequest(), deadline: DateTime.UtcNow + Patience);
        VerifyVerdict? verdict = null;
        await foreach (var step in call.ResponseStream.ReadAllAsync())
        {
            verdict = step.Verdict;
        }
        if (verdict is not { Equal: true })
        {
            wrong.Add($"Verify: {verdict?.Difference?.ToString() ?? "no verdict"}");
            return 0;
        }
        foreach (var partition in verdict.Partitions.Where(
            partition => partition.Position <= acknowledged.Highest[partition.Partition]))
        {
            wrong.Add($"partition {partition.Partition} ends at {partition.Position}, "
                + $"but {acknowledged.Highest[partition.Partition]} was acknowledged");
        }
        if (Int128.Parse(verdict.Money.Balances, CultureInfo.InvariantCulture) != money)
        {
            wrong.Add($"Verify counts balances of {verdict.Money.Balances}, QueryService says {money}");
        }
        return verdict.Partitions.Sum(partition => partition.Position);
    }
}

/// <summary>What the check looked at, and what is wrong.</summary>
/// <param name="Records">Records of the log that were folded again.</param>
/// <param name="Accounts">Accounts whose balances were compared.</param>
/// <param name="Acknowledged">Commands that were acknowledged, each in a place of its own.</param>
/// <param name="Unknown">Commands of which nobody knows what became of them.</param>
/// <param name="Wrong">What is wrong, a sentence each.</param>
public sealed record CheckResult(
    long Records, int Accounts, long Acknowledged, long Unknown, IReadOnlyList<string> Wrong)
{
    public bool IsRight => Wrong.Count == 0;

    public override string ToString() => FormattableString.Invariant(
        $"The ledger is right: {Records:#,0} records verified, {Acknowledged:#,0} acknowledged commands found, each once, in {Accounts:#,0} balances; of {Unknown} nobody knows.");
}
