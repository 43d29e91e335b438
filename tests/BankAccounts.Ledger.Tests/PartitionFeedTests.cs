using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Log;

namespace BankAccounts.Ledger.Tests;

public sealed class PartitionFeedTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void Nothing_is_wanted_before_the_first_seek()
    {
        Assert.False(new PartitionFeed(3, 10).TryGetSeek(out _, out _));
    }

    [Fact]
    public void A_seek_is_wanted_until_it_is_done()
    {
        var feed = Sought(40);
        feed.Seek(50);
        Assert.True(feed.TryGetSeek(out var seek, out var offset));
        Assert.Equal(50, offset);
        Assert.True(feed.TryGetSeek(out _, out _));
        feed.SeekDone(seek, offset);
        Assert.False(feed.TryGetSeek(out _, out _));
    }

    [Fact]
    public void A_seek_that_was_overtaken_by_another_one_is_not_done()
    {
        var feed = new PartitionFeed(3, 10);
        feed.Seek(40);
        Assert.True(feed.TryGetSeek(out var seek, out var offset));
        feed.Seek(50);
        feed.SeekDone(seek, offset);
        feed.Add(Entry(40));
        feed.HandOver();
        Assert.True(feed.TryGetSeek(out seek, out offset));
        Assert.Equal(50, offset);
        feed.SeekDone(seek, offset);
        feed.Add(Entry(50));
        feed.HandOver();
        Assert.Equal([50], Offsets(feed.Take(10)));
    }

    [Fact]
    public void What_was_read_before_the_last_seek_is_dropped()
    {
        var feed = Sought(40);
        feed.Add(Entry(40));
        feed.Add(Entry(41));
        feed.HandOver();
        feed.Seek(20);
        feed.Add(Entry(42));
        feed.HandOver();
        feed.Add(Entry(43));
        feed.TryGetSeek(out var seek, out var offset);
        feed.SeekDone(seek, offset);
        feed.Add(Entry(20));
        feed.Add(Entry(21));
        feed.HandOver();
        Assert.Equal([20, 21], Offsets(feed.Take(10)));
        Assert.Empty(feed.Take(10));
    }

    [Fact]
    public void A_record_is_there_once_it_is_handed_over()
    {
        var feed = Sought(40);
        feed.Add(Entry(40));
        Assert.Equal(0, feed.Queued);
        Assert.Empty(feed.Take(10));
        feed.HandOver();
        feed.HandOver();
        Assert.Equal(1, feed.Queued);
        Assert.Equal([40], Offsets(feed.Take(10)));
        Assert.Equal(0, feed.Queued);
    }

    [Fact]
    public void A_batch_has_at_most_the_records_asked_for_in_their_order()
    {
        var feed = Sought(0);
        for (var offset = 0; offset < 7; offset++)
        {
            feed.Add(Entry(offset));
        }
        feed.HandOver();
        Assert.Equal([0, 1, 2], Offsets(feed.Take(3)));
        Assert.Equal([3, 4, 5], Offsets(feed.Take(3)));
        Assert.Equal([6], Offsets(feed.Take(3)));
    }

    [Fact]
    public void A_gap_is_believed_when_it_is_found_again_from_its_beginning()
    {
        var feed = Sought(40);
        Assert.Null(feed.Add(Entry(40)));
        Assert.Equal(41, feed.Add(Entry(45)));
        // What the client had read ahead.
        Assert.Equal(41, feed.Add(Entry(46)));
        Assert.Equal(41, feed.Add(Entry(45)));
        Assert.Null(feed.Add(Entry(45)));
        Assert.Null(feed.Add(Entry(46)));
        feed.HandOver();
        Assert.Equal([40, 45, 46], Offsets(feed.Take(10)));
    }

    [Fact]
    public void What_a_client_left_out_is_read_after_all_and_what_it_gives_twice_is_folded_once()
    {
        var feed = Sought(40);
        Assert.Equal(40, feed.Add(Entry(42)));
        Assert.Null(feed.Add(Entry(40)));
        Assert.Null(feed.Add(Entry(41)));
        Assert.Null(feed.Add(Entry(40)));
        Assert.Null(feed.Add(Entry(42)));
        feed.HandOver();
        Assert.Equal([40, 41, 42], Offsets(feed.Take(10)));
    }

    [Fact]
    public void It_is_full_at_its_capacity_and_half_empty_again_at_half_of_it()
    {
        var feed = Sought(0);
        Assert.True(feed.IsHalfEmpty);
        for (var offset = 0; offset < 10; offset++)
        {
            Assert.False(feed.IsFull);
            feed.Add(Entry(offset));
            feed.HandOver();
        }
        Assert.True(feed.IsFull);
        Assert.False(feed.IsHalfEmpty);
        feed.Take(4);
        Assert.Equal((false, false), (feed.IsFull, feed.IsHalfEmpty));
        feed.Take(1);
        Assert.True(feed.IsHalfEmpty);
    }

    [Fact]
    public void Dropped_records_make_room_too()
    {
        var feed = Sought(0);
        for (var offset = 0; offset < 10; offset++)
        {
            feed.Add(Entry(offset));
        }
        feed.HandOver();
        Assert.True(feed.IsFull);
        feed.Seek(0);
        Assert.Empty(feed.Take(10));
        Assert.True(feed.IsHalfEmpty);
    }

    [Fact]
    public async Task A_lost_log_is_said_until_the_next_seek()
    {
        var feed = Sought(40);
        feed.Add(Entry(40));
        feed.HandOver();
        feed.Lose(new LogLostException("gone"));
        Assert.Throws<LogLostException>(() => feed.Take(10));
        await Assert.ThrowsAsync<LogLostException>(() => feed.TakeAsync(10, Long, CancellationToken.None));
        feed.Seek(40);
        Assert.Empty(feed.Take(10));
    }

    [Fact]
    public async Task Waiting_ends_with_the_first_record_and_with_its_time()
    {
        var feed = Sought(0);
        Assert.Empty(await feed.TakeAsync(10, TimeSpan.FromMilliseconds(1), CancellationToken.None));

        var waiting = feed.TakeAsync(10, Long, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        feed.Add(Entry(0));
        Assert.False(waiting.IsCompleted);
        feed.HandOver();
        Assert.Equal([0], Offsets(await waiting.WaitAsync(Long)));
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Sought(0).TakeAsync(10, Long, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Long));
    }

    private static PartitionFeed Sought(long offset)
    {
        var feed = new PartitionFeed(3, 10);
        feed.Seek(offset);
        Assert.True(feed.TryGetSeek(out var seek, out _));
        feed.SeekDone(seek, offset);
        return feed;
    }

    private static LogEntry Entry(long offset) => new(offset, null, null);

    private static IEnumerable<long> Offsets(IEnumerable<LogEntry> batch) => batch.Select(entry => entry.Offset);
}
