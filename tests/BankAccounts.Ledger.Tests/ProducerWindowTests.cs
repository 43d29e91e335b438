using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;

namespace BankAccounts.Ledger.Tests;

public sealed class ProducerWindowTests
{
    /// <summary>Jumps and late arrivals, over every length that the window grows through, and beyond.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_tells_what_was_seen_as_a_set_would(int seed)
    {
        var random = new Random(seed);
        var window = new ProducerWindow();
        var seen = new Dictionary<long, long>();
        long highest = 0;
        for (var offset = 0; offset < 6_000; offset++)
        {
            var sequence = Math.Max(1, highest + random.Next(-40, 4));
            sequence = random.Next(500) == 0 ? highest + random.Next(1, 2_000) : sequence;
            var isTooOld = sequence <= highest - ProducerWindow.Size;
            var first = seen.GetValueOrDefault(sequence, ProducerWindow.NoOffset);

            Assert.Equal(isTooOld || seen.ContainsKey(sequence), window.IsRedelivery(sequence, out var firstOffset));
            Assert.Equal(isTooOld ? ProducerWindow.NoOffset : first, firstOffset);
            if (!isTooOld && first == ProducerWindow.NoOffset)
            {
                window.MarkSeen(sequence, offset, streamTimeMs: offset);
                seen.Add(sequence, offset);
                highest = Math.Max(highest, sequence);
            }
        }
        var expected = seen.Where(one => one.Key > highest - ProducerWindow.Size)
            .OrderByDescending(one => one.Key)
            .Select(one => (one.Key, one.Value));
        Assert.Equal(expected, SeenBy(window));
        Assert.Equal(expected, SeenBy(StoreCodec.Decode(StoreCodec.Encode(window))));
    }

    [Fact]
    public void What_stands_in_the_log_one_after_the_other_is_stored_in_a_few_bytes()
    {
        var window = new ProducerWindow();
        for (var sequence = 1; sequence <= 5_000; sequence++)
        {
            window.MarkSeen(sequence, offset: sequence - 1, streamTimeMs: 7);
        }

        var stored = StoreCodec.Encode(window);

        Assert.Equal(ProducerWindow.Size, Assert.Single(stored.Lengths));
        Assert.InRange(stored.CalculateSize(), 1, 24);
    }

    /// <summary>The first offset of all is right before the mark for "not seen".</summary>
    [Fact]
    public void A_run_ends_at_offset_0()
    {
        var window = new ProducerWindow();
        window.MarkSeen(sequence: 2, offset: 0, streamTimeMs: 0);
        window.MarkSeen(sequence: 3, offset: 1, streamTimeMs: 0);

        Assert.Equal([(3, 1), (2, 0)], SeenBy(window));
    }

    /// <summary>The sequences and offsets of a window, one by one.</summary>
    internal static IEnumerable<(long Sequence, long Offset)> SeenBy(ProducerWindow window) =>
        window.Seen().SelectMany(run => run.Each());
}
