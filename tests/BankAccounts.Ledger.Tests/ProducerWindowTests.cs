using BankAccounts.ProjectionService.Ledger;

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
        Assert.Equal(
            seen.Where(one => one.Key > highest - ProducerWindow.Size).OrderByDescending(one => one.Key)
                .Select(one => (one.Key, one.Value)),
            window.Seen());
    }
}
