using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Tests.Logs;
using Google.Protobuf;

namespace BankAccounts.Ledger.Tests;

/// <summary>What is forgotten next: of requests, and of processes.</summary>
public sealed class OrderTests
{
    [Fact]
    public void Requests_leave_in_the_order_in_which_they_came()
    {
        var order = new RequestOrder(0, 0);
        for (var i = 0; i < 5; i++)
        {
            order.Append(Age(i));
        }
        Assert.Equal((0, 5, 5, 5), (order.First, order.Next, order.Count, order.LoadedEnd));
        Assert.Equal(Age(0), order.Oldest);
        Assert.Equal(Age(0), order.RemoveOldest());
        Assert.Equal(Age(1), order.RemoveOldest());
        Assert.Equal((2, 5, 3, 5), (order.First, order.Next, order.Count, order.LoadedEnd));
    }

    [Fact]
    public void Only_the_oldest_are_in_memory_and_more_are_loaded_behind_them()
    {
        var order = new RequestOrder(100, 110);
        Assert.True(order.Lacks(1));
        Assert.Equal(100, order.LoadedEnd);
        order.Append(Age(110));
        Assert.Equal((11, 100), (order.Count, order.LoadedEnd));

        order.Load([Age(100), Age(101)]);
        Assert.False(order.Lacks(2));
        Assert.True(order.Lacks(3));
        Assert.Equal(102, order.LoadedEnd);
        Assert.Equal(Age(100), order.RemoveOldest());

        order.Load(Enumerable.Range(102, 9).Select(Age));
        Assert.False(order.Lacks(1_000));
        order.Append(Age(111));
        Assert.Equal(112, order.LoadedEnd);
        Assert.Equal(
            Enumerable.Range(101, 11).Select(Age),
            Enumerable.Range(0, 11).Select(_ => order.RemoveOldest()).ToList());
        Assert.Equal(0, order.Count);
        Assert.False(order.Lacks(1));
    }

    [Fact]
    public void Beyond_the_capacity_the_newest_are_left_to_the_store()
    {
        var order = new RequestOrder(0, 0, capacity: 3);
        for (var i = 0; i < 5; i++)
        {
            order.Append(Age(i));
        }
        Assert.Equal((5, 3), (order.Count, order.LoadedEnd));
        order.RemoveOldest();
        order.Append(Age(5));
        // 3 and 4 are not in memory, so 5 must not be either.
        Assert.Equal(3, order.LoadedEnd);
        Assert.Equal([Age(1), Age(2)], [order.RemoveOldest(), order.RemoveOldest()]);
        order.Load([Age(3), Age(4), Age(5)]);
        Assert.Equal(Age(3), order.RemoveOldest());
    }

    [Fact]
    public void Processes_leave_by_when_they_were_last_seen_and_then_by_their_bytes()
    {
        var order = new ProducerOrder([(20, Producer(1)), (10, Producer(2)), (10, Producer(0x7FFFFFFF))]);
        order.Move(Producer(-1), null, 10);
        order.Move(Producer(1), 20, 20);
        order.Move(Producer(2), 10, 30);
        Assert.Equal((4, 10L), (order.Count, order.OldestSeenMs));

        Assert.Equal(
            [Producer(0x7FFFFFFF), Producer(-1), Producer(1), Producer(2)],
            Enumerable.Range(0, 4).Select(_ => order.RemoveOldest()));
    }

    private static RequestAge Age(int number) =>
        new(new RequestKey(Records.Alice, ByteString.CopyFromUtf8($"request {number}")), number);

    private static Guid Producer(int number) => new(Records.Producer(number), bigEndian: true);
}
