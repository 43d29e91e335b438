using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>Which transfers share a record.</summary>
public sealed class SharedRecordsTests
{
    [Fact]
    public void As_many_share_a_record_as_it_may_carry_on()
    {
        Assert.Equal([64, 64, 2], Sizes(Sent(Enumerable.Range(1, 130))));
        Assert.Equal([1], Sizes(Sent([7])));
        Assert.Equal([3, 2], Sizes(Sent(Enumerable.Range(1, 5)), maxPerRecord: 3));
        Assert.Equal([1, 1], Sizes(Sent([1, 2]), maxPerRecord: 1));
        Assert.Empty(SharedRecords.Of([], Bounds.MaxTransfersPerRecord));
    }

    [Fact]
    public void A_gap_in_the_numbers_begins_another_record() =>
        Assert.Equal([2, 3, 1], Sizes(Sent([1, 2, 4, 5, 6, 9])));

    [Fact]
    public void A_traced_transfer_goes_alone()
    {
        List<UnsettledTransfer> transfers = [.. Sent(Enumerable.Range(1, 6))];
        transfers[2] = transfers[2] with
        {
            Command = transfers[2].Command.With(copy => copy.Traceparent = ByteString.CopyFromUtf8("00-traced")),
        };
        Assert.Equal([2, 1, 3], Sizes(transfers));
    }

    [Fact]
    public void However_long_the_descriptions_are_a_record_fits_into_its_frame()
    {
        // 200 scalars of four bytes each, and the largest numbers.
        var transfers = Sent(Enumerable.Range(1, 200), description: string.Concat(Enumerable.Repeat("\U0001f600", 200)));
        var records = SharedRecords.Of(transfers, Bounds.MaxTransfersPerRecord).ToList();
        Assert.Equal(200, records.Sum(record => record.Count));
        Assert.All(records, record => Assert.InRange(record.Count, 2, 64));

        var log = new LogWriter();
        var frames = records.Concat(SharedRecords.Of(Sent(Enumerable.Range(1, 128)), 64)).Select(record =>
            LogFrame.Encode(log.Complete(FollowUps.CreditOf(record, record[0].Sequence))));
        Assert.All(frames, frame => Assert.InRange(frame.Length, 1, LogFrame.MaxSize));
    }

    private static IEnumerable<int> Sizes(
        IEnumerable<UnsettledTransfer> transfers, int maxPerRecord = Bounds.MaxTransfersPerRecord) =>
        SharedRecords.Of([.. transfers], maxPerRecord).Select(record => record.Count);

    private static IReadOnlyList<UnsettledTransfer> Sent(IEnumerable<int> numbers, string description = "") =>
    [
        .. numbers.Select(number => new UnsettledTransfer(
            number,
            long.MaxValue - number,
            Digests.Empty(),
            Transfer(Alice, Zoe, Bounds.MaxAmount, description: description),
            ByteString.CopyFromUtf8("USD"))),
    ];
}
