using BankAccounts.QueryService;
using BankAccounts.QueryService.Commits;
using BankAccounts.ServiceDefaults;
using BankAccounts.Store.V1;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>Who is woken by what is heard of commits, and by what is not.</summary>
public sealed class CommitFeedTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly CommitFeed feed = new(
        Options.Create(new BankOptions { PartitionCount = 8 }), Options.Create(new QueryOptions { MaxWatchers = 3 }));

    [Fact]
    public void A_commit_wakes_who_watches_an_account_that_it_names_and_nobody_else()
    {
        feed.Heard(Commit(0, 10));
        using var alice = feed.TryWatch(Alice)!;
        using var bob = feed.TryWatch(Bob)!;

        feed.Heard(Commit(10, 20, Alice));
        Assert.True(IsAwake(alice));
        Assert.False(IsAwake(bob));
        // However often it is woken while it is busy: once is enough.
        feed.Heard(Commit(20, 21, Alice));
        feed.Heard(Commit(21, 22, Alice, Bob));
        Assert.Equal((true, false, true), (IsAwake(alice), IsAwake(alice), IsAwake(bob)));
    }

    [Fact]
    public void A_gap_between_two_messages_wakes_everybody_of_the_partition()
    {
        feed.Heard(Commit(0, 10));
        using var alice = feed.TryWatch(Alice)!;
        using var elsewhere = feed.TryWatch(Id(1, 5))!;
        feed.Heard(Commit(11, 12, Bob));
        Assert.Equal((true, false), (IsAwake(alice), IsAwake(elsewhere)));
    }

    [Fact]
    public void A_commit_of_too_many_accounts_wakes_everybody()
    {
        feed.Heard(Commit(0, 10));
        using var alice = feed.TryWatch(Alice)!;
        var many = Commit(10, 2_000);
        many.Many = true;
        feed.Heard(many);
        Assert.True(IsAwake(alice));
    }

    [Fact]
    public void A_look_wakes_everybody_if_a_message_was_lost_or_Redis_was_set_back_and_otherwise_nobody()
    {
        feed.Heard(Commit(0, 10));
        using var alice = feed.TryWatch(Alice)!;
        feed.Seen(Partition, 10, heardBefore: 10);
        Assert.False(IsAwake(alice));
        feed.Seen(Partition, 11, heardBefore: 10);
        Assert.True(IsAwake(alice));
        // A message came while the look was under way: what was seen is older than what is known.
        feed.Heard(Commit(11, 12, Bob));
        feed.Seen(Partition, 11, heardBefore: 11);
        Assert.False(IsAwake(alice));
        feed.Seen(Partition, 0, heardBefore: 12);
        Assert.True(IsAwake(alice));
        Assert.Equal(0, feed.PositionOf(Partition));
    }

    [Fact]
    public async Task A_wait_ends_with_the_commit_that_passes_the_position()
    {
        var wait = feed.WaitAsync(Partition, offset: 4, Long, CancellationToken.None);
        Assert.Contains(Partition, feed.Wanted);
        feed.Heard(Commit(0, 4));
        feed.Heard(new CommittedBatch { Partition = 5, Position = 99 });
        Assert.False(wait.IsCompleted);
        feed.Heard(Commit(4, 5));
        Assert.True(await wait);
        Assert.Empty(feed.Wanted);
        // Who asks though that was heard knows that Redis is behind it.
        Assert.False(await feed.WaitAsync(Partition, offset: 4, Long, CancellationToken.None));
    }

    [Fact]
    public async Task A_wait_ends_with_its_time_and_with_its_call()
    {
        Assert.True(await feed.WaitAsync(Partition, offset: 4, TimeSpan.FromMilliseconds(1), CancellationToken.None));
        using var cancel = new CancellationTokenSource();
        var wait = feed.WaitAsync(Partition, offset: 4, Long, cancel.Token);
        await cancel.CancelAsync();
        Assert.True(await wait.WaitAsync(Long));
    }

    [Fact]
    public void No_more_watch_than_may_and_a_place_is_free_again_once()
    {
        var watches = Enumerable.Range(0, 3).Select(_ => feed.TryWatch(Alice)!).ToList();
        Assert.Null(feed.TryWatch(Bob));
        watches[0].Dispose();
        watches[0].Dispose();
        using var again = feed.TryWatch(Bob);
        Assert.NotNull(again);
        Assert.Null(feed.TryWatch(Bob));
        watches.ForEach(watch => watch.Dispose());
        Assert.Equal([Partition], feed.Wanted);
    }

    [Fact]
    public void A_message_of_a_partition_that_is_not_there_is_nobodys()
    {
        feed.Heard(new CommittedBatch { Partition = 8, Position = 1 });
        feed.Heard(new CommittedBatch { Partition = -1, Position = 1 });
        Assert.All(Enumerable.Range(0, 8), partition => Assert.Equal(-1, feed.PositionOf(partition)));
    }

    private static CommittedBatch Commit(long from, long to, params AccountId[] accounts) => new()
    {
        Partition = Partition,
        FromPosition = from,
        Position = to,
        Accounts = ByteString.CopyFrom([.. accounts.SelectMany(account => account.ToByteArray())]),
    };

    private static bool IsAwake(AccountWatch watch)
    {
        using var now = new CancellationTokenSource();
        var changed = watch.ChangedAsync(now.Token);
        var isAwake = changed.IsCompletedSuccessfully;
        now.Cancel();
        return isAwake;
    }
}
