using BankAccounts.ProjectionService;
using BankAccounts.Tests.Logs;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>However many transfers the records of a batch carry on, a commit is no larger than a batch may be.</summary>
public sealed class LargeBatchTests
{
    [Fact]
    public async Task A_batch_that_carries_more_transfers_than_a_batch_may_have_records_is_several_commits()
    {
        var credits = CreditsOf([.. Enumerable.Repeat((Zoe, Alice, 1L, "USD"), 30)]);
        var log = new LogWriter().Append(Create(Alice));
        foreach (var ten in credits.Chunk(10))
        {
            log.Append(InOne(ten));
        }
        log.Append(Deposit(Alice, 1), Deposit(Alice, 1));
        var store = new MemoryOnlyStore();
        var session = await ProjectionSession.BeginAsync(
            store, new ProjectionOptions { MaxBatchRecords = 12 }, confirmed: null, CancellationToken.None);

        await session.FoldAsync(log.Entries, CancellationToken.None);
        await session.ConfirmAsync();

        // 1 + 10 of 12; 10; 10 + 2.
        Assert.Equal([(0, 2), (2, 3), (3, 6)], store.Commits);
        Assert.Equal((6, 32), (session.ConfirmedPosition, session.Ledger.Accounts[Alice]!.Balance));
    }

    [Fact]
    public async Task Records_of_one_transfer_each_stay_one_commit()
    {
        var log = new LogWriter().Append(Create(Alice));
        CreditsOf((Zoe, Alice, 1, "USD"), (Zoe, Alice, 1, "USD"), (Yan, Alice, 1, "USD")).ForEach(credit => log.Append(credit));
        var store = new MemoryOnlyStore();
        var session = await ProjectionSession.BeginAsync(
            store, new ProjectionOptions { MaxBatchRecords = 4 }, confirmed: null, CancellationToken.None);

        await session.FoldAsync(log.Entries, CancellationToken.None);
        await session.ConfirmAsync();

        Assert.Equal([(0, 4)], store.Commits);
    }
}
