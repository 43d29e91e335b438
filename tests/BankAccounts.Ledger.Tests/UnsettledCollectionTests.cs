using BankAccounts.ProjectionService.Ledger;
using Google.Protobuf;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>The transfers of a channel that are not settled.</summary>
public sealed class UnsettledCollectionTests
{
    private readonly UnsettledCollection unsettled = new();

    [Fact]
    public void They_are_in_the_order_of_their_numbers_in_whichever_order_they_came()
    {
        Add(9, 7, 8, 12);
        Assert.Equal([7, 8, 9, 12], Numbers(unsettled));
        Assert.Equal((4, 7, 12), (unsettled.Count, unsettled.Lowest, unsettled.Highest));
    }

    [Fact]
    public void The_lowest_is_found_behind_whatever_was_settled_before_it()
    {
        Add(1, 2, 3, 4, 9);
        unsettled.Remove(2);
        unsettled.Remove(3);
        Assert.Equal(1, unsettled.Lowest);
        unsettled.Remove(1);
        Assert.Equal(4, unsettled.Lowest);
        unsettled.Remove(4);
        Assert.Equal([9], Numbers(unsettled));
        Assert.Equal(9, unsettled.Lowest);
    }

    [Fact]
    public void The_highest_is_known_when_none_is_left()
    {
        Add(3);
        unsettled.Remove(3);
        unsettled.Remove(3);
        Assert.Empty(unsettled);
        Assert.Equal(3, unsettled.Highest);
        Add(5);
        Assert.Equal((1, 5, 5), (unsettled.Count, unsettled.Lowest, unsettled.Highest));
    }

    [Fact]
    public void A_transfer_that_comes_again_is_there_once()
    {
        Add(3, 4, 3);
        Assert.Equal([3, 4], Numbers(unsettled));
    }

    [Fact]
    public void Some_of_them_are_those_from_one_number_to_another()
    {
        Add(3, 4, 6, 8);
        Assert.Equal([4, 6], Numbers(unsettled.Between(4, 7)));
        Assert.Equal([3, 4], Numbers(unsettled.Between(0, 4)));
        Assert.Equal([8], Numbers(unsettled.Between(7, long.MaxValue - 1)));
        Assert.Empty(unsettled.Between(9, 20));
        Assert.Equal((6L, null), (unsettled.Find(6)?.Sequence, unsettled.Find(7)));
    }

    private static IEnumerable<long> Numbers(IEnumerable<UnsettledTransfer> transfers) =>
        transfers.Select(transfer => transfer.Sequence);

    private void Add(params long[] numbers)
    {
        foreach (var number in numbers)
        {
            unsettled.Add(new UnsettledTransfer(
                number, number, Digests.Empty(), Transfer(Alice, Zoe, 1), ByteString.CopyFromUtf8("USD")));
        }
    }
}
