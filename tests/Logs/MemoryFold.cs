using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.Tests.Logs;

/// <summary>Folds a log into a <see cref="MemoryStore"/>, in batches, as a projector does into Redis.</summary>
internal static class MemoryFold
{
    /// <summary>
    /// Folds entries; batches have the sizes that are given, in turn. A batch size below 0 says: take
    /// what is stored up to there into a ledger of its own, as another process would, and then so many.
    /// </summary>
    public static MemoryStore Of(IReadOnlyList<LogEntry> log, params int[] batchSizes)
    {
        var store = new MemoryStore();
        var ledger = store.Resume();
        var (from, turn) = (0, 0);
        while (from < log.Count)
        {
            var size = batchSizes.Length == 0 ? log.Count : batchSizes[turn++ % batchSizes.Length];
            if (size < 0)
            {
                ledger = store.Resume();
            }
            var batch = log.Skip(from).Take(Math.Max(1, Math.Abs(size))).ToList();
            Fold(store, ledger, batch);
            from += batch.Count;
        }
        return store;
    }

    private static void Fold(MemoryStore store, PartitionLedger ledger, List<LogEntry> batch)
    {
        ledger.Batch++;
        var records = batch.ConvertAll(entry => ledger.Read(entry));
        store.Prefetch(ledger, records);
        var changes = new Changes();
        records.ForEach(record => ledger.Apply(record, changes));
        store.Take(ledger, changes);
    }
}
