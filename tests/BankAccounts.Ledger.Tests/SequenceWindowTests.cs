using BankAccounts.CommandService.Log;
using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.Ledger.Tests;

/// <summary>The appender's side of the window: newest − oldest unresolved stays below 1,024.</summary>
public sealed class SequenceWindowTests
{
    [Fact]
    public void Numbers_begin_with_1_and_go_on_by_1()
    {
        var window = new SequenceWindow();
        Assert.Equal([1, 2, 3], [Take(window), Take(window), Take(window)]);
    }

    [Fact]
    public void After_1024_unresolved_there_is_none_until_the_oldest_is_resolved()
    {
        var window = new SequenceWindow();
        for (var expected = 1; expected <= 1024; expected++)
        {
            Assert.Equal(expected, Take(window));
        }
        Assert.False(window.TryTake(out _));

        for (var resolved = 2; resolved <= 1024; resolved++)
        {
            window.Resolve(resolved);
            Assert.False(window.TryTake(out _));
        }
        window.Resolve(1);
        for (var expected = 1025; expected <= 2048; expected++)
        {
            Assert.Equal(expected, Take(window));
        }
        Assert.False(window.TryTake(out _));
    }

    [Fact]
    public void It_is_resolved_while_nothing_is_under_way()
    {
        var window = new SequenceWindow();
        Assert.True(window.IsResolved);
        Take(window);
        Take(window);
        window.Resolve(2);
        Assert.False(window.IsResolved);
        window.Resolve(1);
        Assert.True(window.IsResolved);
    }

    [Fact]
    public void A_number_that_was_not_given_is_given_later()
    {
        var window = new SequenceWindow();
        for (var i = 0; i < 1024; i++)
        {
            Take(window);
        }
        Assert.False(window.TryTake(out _));
        Assert.False(window.TryTake(out _));
        window.Resolve(1);
        Assert.Equal(1025, Take(window));
    }

    /// <summary>What the window lets through, in the worst order, the fold can always tell apart.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_order_of_resolving_the_fold_takes_every_first_arrival(int seed)
    {
        var random = new Random(seed);
        var window = new SequenceWindow();
        var unresolved = new List<long>();
        var fold = new ProducerWindow();
        var (refusals, newest) = (0, 0L);
        for (var offset = 0; offset < 30_000; offset++)
        {
            if (random.Next(5) > 0)
            {
                if (window.TryTake(out var sequence))
                {
                    Assert.Equal(++newest, sequence);
                    unresolved.Add(sequence);
                }
                else
                {
                    Assert.True(newest - unresolved.Min() >= 1023);
                    refusals++;
                }
            }
            if (unresolved.Count > 0 && random.Next(2) > 0)
            {
                // The oldest is resolved seldom, so that the window fills up behind it.
                var index = random.Next(100) == 0 ? 0 : random.Next(unresolved.Count);
                var sequence = unresolved[index];
                unresolved.RemoveAt(index);
                Assert.False(fold.IsRedelivery(sequence, out _));
                fold.MarkSeen(sequence, offset, offset);
                window.Resolve(sequence);
            }
            Assert.True(unresolved.Count == 0 || newest - unresolved.Min() < SequenceWindow.Size);
        }
        Assert.InRange(refusals, 1, 30_000);
    }

    [Fact]
    public void It_is_as_large_as_the_folds()
    {
        Assert.Equal(ProducerWindow.Size, SequenceWindow.Size);
    }

    private static long Take(SequenceWindow window)
    {
        Assert.True(window.TryTake(out var sequence));
        return sequence;
    }
}
