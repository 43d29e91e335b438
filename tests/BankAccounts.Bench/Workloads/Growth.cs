namespace BankAccounts.Bench.Workloads;

/// <summary>How large a bank becomes.</summary>
/// <param name="Accounts">Its accounts.</param>
/// <param name="Records">Records of its log, at least.</param>
public sealed record BankSize(int Accounts, long Records)
{
    /// <summary>The sizes at which the cost of a command is compared, the smallest first.</summary>
    public static IReadOnlyList<BankSize> Steps(BenchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Scope == BenchScope.Full
            ? [new(10_000, 100_000), new(100_000, 1_000_000), new(1_000_000, 10_000_000)]
            : [new(10_000, 100_000), new(50_000, 500_000)];
    }

    public override string ToString() =>
        FormattableString.Invariant($"{Accounts:#,0} accounts, {Records:#,0} records");
}

/// <summary>Lets a bank grow by what it does anyway: accounts are opened, commands are sent.</summary>
internal sealed class Growth(Session session)
{
    public async Task ToAsync(BankSize size)
    {
        var accounts = session.Witness.Population.Count;
        if (accounts < size.Accounts)
        {
            await session.Opening.OpenAsync(size.Accounts - accounts);
        }
        await session.Execute.SendAsync(size.Records - session.Witness.Acknowledged.Count);
    }
}
