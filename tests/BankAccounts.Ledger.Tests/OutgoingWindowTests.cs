using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Transfers;
using Google.Protobuf;
using static BankAccounts.Ledger.Tests.TransferSpec;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>Which transfers go out, and when again.</summary>
public sealed class OutgoingWindowTests
{
    private readonly OutgoingWindow window = new();

    [Fact]
    public void Transfers_go_out_once_and_in_order()
    {
        Add(1, 3);
        Assert.Equal([1, 2, 3], Due(0));
        Assert.Empty(Due(1));
        Add(4, 5);
        Assert.Equal([4, 5], Due(2));
    }

    [Fact]
    public void No_more_than_a_window_is_on_its_way()
    {
        Add(1, OutgoingWindow.Window + 10);
        Assert.Equal(OutgoingWindow.Window, Due(0).Count);
        Assert.Empty(Due(1));
        Settle(1, 2);
        Assert.Equal([OutgoingWindow.Window + 1], Due(2));
        window.Settle(3, 3);
        Assert.Empty(Due(3));
    }

    [Fact]
    public void Without_an_answer_only_the_first_is_sent_again_with_a_pause_that_doubles()
    {
        Add(1, 3);
        Due(0);
        var (now, pause) = (0L, OutgoingWindow.MinPauseMs);
        for (var time = 1; time < 20; time++)
        {
            Assert.Empty(Due(now + pause - 1));
            Assert.Equal([1], Due(now + pause));
            now += pause;
            pause = Math.Min(
                pause * 2,
                time < OutgoingWindow.PatientResends ? OutgoingWindow.MaxPauseMs : OutgoingWindow.LongestPauseMs);
            Assert.True(time is < 4 or >= OutgoingWindow.PatientResends || pause == OutgoingWindow.MaxPauseMs);
        }
        Assert.Equal(OutgoingWindow.LongestPauseMs, pause);
    }

    [Fact]
    public void The_answer_to_the_first_makes_everything_go_on()
    {
        Add(1, 5);
        Due(0);
        Assert.Equal([1], Due(OutgoingWindow.MinPauseMs));
        Add(6, 6);
        Assert.Empty(Due(OutgoingWindow.MinPauseMs + 1));

        window.Settle(1, 2_000);
        window.DestinationTook(2);
        Assert.Equal([2, 3, 4, 5, 6], Due(2_000));
        Assert.Empty(Due(2_000 + OutgoingWindow.MinPauseMs - 1));
        Assert.Equal([2], Due(2_000 + OutgoingWindow.MinPauseMs));
    }

    [Fact]
    public void What_a_predecessor_may_have_sent_waits_for_the_answer_to_the_first()
    {
        Add(1, 5);
        window.AskFirst();
        Assert.Equal([1], Due(0));
        Add(6, 6);
        Assert.Empty(Due(1));

        window.Settle(1, 10);
        window.DestinationTook(3);
        Assert.Equal([2, 3, 4, 5, 6], Due(10));
    }

    [Fact]
    public void An_answer_that_nobody_waited_for_sends_nothing_again()
    {
        Add(1, 3);
        Due(0);
        window.Settle(1, 5);
        window.DestinationTook(1);
        Assert.Empty(Due(5));
        Assert.Equal([2], Due(5 + OutgoingWindow.MinPauseMs));
    }

    [Fact]
    public void Everything_below_the_first_that_is_not_settled_is_settled()
    {
        Assert.Equal(1, window.SettledBelow);
        Add(7, 9);
        Assert.Equal(7, window.SettledBelow);
        window.Settle(8, 0);
        Assert.Equal(7, window.SettledBelow);
        window.Settle(7, 0);
        Assert.Equal((9, 1), (window.SettledBelow, window.Count));
        window.Settle(9, 0);
        Assert.Equal((10, 0), (window.SettledBelow, window.Count));
        Assert.Empty(Due(100_000));
    }

    private void Settle(long sequence, long nowMs)
    {
        window.Settle(sequence, nowMs);
        window.DestinationTook(sequence);
    }

    private void Add(long first, long last)
    {
        for (var sequence = first; sequence <= last; sequence++)
        {
            window.Add(new UnsettledTransfer(
                sequence, sequence, Digests.Empty(), Transfer(Alice, Zoe, 1), ByteString.CopyFromUtf8("USD")));
        }
    }

    private List<long> Due(long nowMs) => [.. window.TakeDue(nowMs).Select(transfer => transfer.Sequence)];
}
