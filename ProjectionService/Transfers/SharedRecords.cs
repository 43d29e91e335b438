using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Transfers;

/// <summary>
/// Which transfers of a channel go to their destination in one record: as many as it may carry on and has room for,
/// if their numbers follow one another. One that is traced goes alone: a record is in one trace.
/// </summary>
public static class SharedRecords
{
    /// <summary>What a credit has beside its transfers, and more, in bytes.</summary>
    private const int HeadSize = 512;

    /// <summary>
    /// What a transfer has in a record beside its description, and more, in bytes: two accounts, three numbers, and a
    /// currency.
    /// </summary>
    private const int TransferSize = 80;

    /// <summary>Divides transfers into the records that carry them, so many to each at most, in their order.</summary>
    public static IEnumerable<IReadOnlyList<UnsettledTransfer>> Of(
        IReadOnlyList<UnsettledTransfer> transfers, int maxPerRecord)
    {
        List<UnsettledTransfer> record = [];
        var size = HeadSize;
        foreach (var transfer in transfers)
        {
            var more = TransferSize + transfer.Command.Transfer.Description.Length;
            if (record.Count > 0 && (size + more > LogFrame.MaxSize || !GoesBehind(record, transfer, maxPerRecord)))
            {
                yield return record;
                (record, size) = ([], HeadSize);
            }
            record.Add(transfer);
            size += more;
        }
        if (record.Count > 0)
        {
            yield return record;
        }
    }

    private static bool GoesBehind(List<UnsettledTransfer> record, UnsettledTransfer next, int maxPerRecord) =>
        record.Count < maxPerRecord
        && next.Sequence == record[^1].Sequence + 1
        && record[^1].Command.Traceparent.IsEmpty
        && next.Command.Traceparent.IsEmpty;
}
