using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>What a batch needs of the state that the ledger does not have in memory.</summary>
public sealed class PrefetchNeeds
{
    private PrefetchNeeds()
    {
    }

    /// <summary>Accounts that the batch is about.</summary>
    public HashSet<AccountId> Accounts { get; } = [];

    /// <summary>Requests that may be known.</summary>
    public HashSet<RequestKey> Requests { get; } = [];

    /// <summary>Processes that appended the batch.</summary>
    public HashSet<Guid> Producers { get; } = [];

    /// <summary>How many more of the oldest requests may be forgotten during the batch.</summary>
    public int OldestRequests { get; private set; }

    /// <summary>Whether nothing is needed.</summary>
    public bool AreNone =>
        Accounts.Count + Requests.Count + Producers.Count + OldestRequests == 0;

    /// <summary>What the records need.</summary>
    public static PrefetchNeeds Of(IReadOnlyCollection<LedgerRecord> records, PartitionLedger ledger)
    {
        var needs = new PrefetchNeeds();
        var mayBeRemembered = records.Count;
        foreach (var record in records.Where(record => record.IsCommand && !record.IsChannelRelease))
        {
            if (record.IsFollowUp)
            {
                foreach (var account in ledger.AccountsOf(record))
                {
                    AddMissing(ledger.Accounts, account, needs.Accounts, ledger.Batch);
                }
                mayBeRemembered += record.Command.TransferSettle is { } settle ? settle.TransferCount() - 1 : 0;
                continue;
            }
            AddMissing(ledger.Accounts, record.Account, needs.Accounts, ledger.Batch);
            AddMissing(ledger.Producers, record.ProducerId, needs.Producers, ledger.Batch);
            if (record.Request is { } request)
            {
                AddMissing(ledger.Requests, request, needs.Requests, ledger.Batch);
            }
        }
        var mayBeForgotten = mayBeRemembered * PartitionLedger.MaxForgottenPerRecord;
        if (ledger.RequestOrder.Count + mayBeRemembered > PartitionLedger.RememberedCount
            && ledger.RequestOrder.Lacks(mayBeForgotten))
        {
            needs.OldestRequests = mayBeForgotten;
        }
        return needs;
    }

    private static void AddMissing<TKey, TValue>(
        Table<TKey, TValue> table, TKey key, HashSet<TKey> missing, long batch)
        where TKey : notnull
        where TValue : class
    {
        if (!table.Touch(key, batch))
        {
            missing.Add(key);
        }
    }
}
