using System.Text;
using BankAccounts.Tests.Logs;

namespace BankAccounts.Ledger.Tests;

public sealed class AccountIdTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(65_536)]
    public void A_new_id_is_a_uuid_of_version_8_that_carries_a_partition(int partitionCount)
    {
        var ids = Enumerable.Range(0, 2_000).Select(_ => AccountId.NewRandom(partitionCount)).ToList();

        Assert.All(ids, id =>
        {
            var bytes = id.ToByteArray();
            Assert.Equal(0x80, bytes[6] & 0xF0);
            Assert.Equal(0x80, bytes[8] & 0xC0);
            Assert.Equal((bytes[0] * 256) + bytes[1], id.Partition);
            Assert.InRange(id.Partition, 0, partitionCount - 1);
        });
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(Math.Min(partitionCount, 12), ids.Select(id => id.Partition).Distinct().Take(12).Count());
    }

    [Fact]
    public void An_id_comes_back_from_its_bytes_and_from_its_text_in_either_case()
    {
        foreach (var id in Enumerable.Range(0, 200).Select(_ => AccountId.NewRandom(65_536)))
        {
            Assert.True(AccountId.TryRead(id.ToByteArray(), out var read));
            Assert.True(AccountId.TryParse(id.ToString(), out var parsed));
            Assert.True(AccountId.TryParse(id.ToString().ToUpperInvariant(), out var upper));
            Assert.Equal([id, id, id], [read, parsed, upper]);
            Assert.Equal(AccountId.TextLength, id.ToString().Length);
            var text = new byte[AccountId.TextLength];
            id.WriteText(text);
            Assert.Equal(id.ToString(), Encoding.ASCII.GetString(text));
            Assert.Equal(id.ToString().ToLowerInvariant(), id.ToString());
            var written = new byte[AccountId.Size];
            id.Write(written);
            Assert.Equal(id.ToByteArray(), written);
        }
    }

    [Fact]
    public void The_text_has_the_bytes_in_their_order()
    {
        Assert.True(AccountId.TryRead(Convert.FromHexString("0003112233448566978899aabbccddee"), out var id));
        Assert.Equal("00031122-3344-8566-9788-99aabbccddee", id.ToString());
        Assert.Equal(3, id.Partition);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00030000-0000-4000-8000-000000000001")]
    [InlineData("00030000-0000-7000-8000-000000000001")]
    [InlineData("00030000-0000-9000-8000-000000000001")]
    [InlineData("00030000-0000-8000-0000-000000000001")]
    [InlineData("00030000-0000-8000-4000-000000000001")]
    [InlineData("00030000-0000-8000-c000-000000000001")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("0003000000008000800000000000000001")]
    [InlineData("00030000000080008000000000000001")]
    [InlineData("{00030000-0000-8000-8000-000000000001}")]
    [InlineData("00030000-0000-8000-8000-00000000000")]
    [InlineData("00030000-0000-8000-8000-0000000000011")]
    [InlineData(" 00030000-0000-8000-8000-00000000001")]
    [InlineData("00030000-0000-8000-8000-00000000001 ")]
    [InlineData("+0030000-0000-8000-8000-000000000001")]
    [InlineData("0x030000-0000-8000-8000-000000000001")]
    [InlineData("0003g000-0000-8000-8000-000000000001")]
    [InlineData("00030000_0000-8000-8000-000000000001")]
    [InlineData("٠0030000-0000-8000-8000-000000000001")]
    [InlineData("00030000-0000-8000-8000-00000000000\0")]
    public void Other_text_is_not_an_id(string text)
    {
        Assert.False(AccountId.TryParse(text, out _));
    }

    [Fact]
    public void Nothing_and_other_sizes_are_not_an_id()
    {
        Assert.False(AccountId.TryParse(null, out _));
        var good = Records.Alice.ToByteArray();
        Assert.True(AccountId.TryRead(good, out _));
        Assert.False(AccountId.TryRead([], out _));
        Assert.False(AccountId.TryRead(good.AsSpan(1), out _));
        Assert.False(AccountId.TryRead([.. good, 0], out _));
    }

    [Fact]
    public void Only_version_8_of_the_common_variant_is_an_id()
    {
        for (var value = 0; value < 256; value++)
        {
            var bytes = Records.Alice.ToByteArray();
            bytes[6] = (byte)value;
            Assert.Equal(value >> 4 == 8, AccountId.TryRead(bytes, out _));
            bytes[6] = 0x80;
            bytes[8] = (byte)value;
            Assert.Equal(value >> 6 == 2, AccountId.TryRead(bytes, out _));
        }
    }

    /// <summary>As an independent program computed them.</summary>
    [Theory]
    [InlineData("open-1", 1, "0000a6e1-c5af-8d62-bbea-fea6e26e0251")]
    [InlineData("open-1", 12, "0003a6e1-c5af-8d62-bbea-fea6e26e0251")]
    [InlineData("open-1", 65_536, "f03aa6e1-c5af-8d62-bbea-fea6e26e0251")]
    [InlineData("r", 1, "000038d2-aaf4-849c-b99b-e0b076238997")]
    [InlineData("r", 12, "000538d2-aaf4-849c-b99b-e0b076238997")]
    [InlineData("r", 65_536, "518438d2-aaf4-849c-b99b-e0b076238997")]
    [InlineData("Zoë 𝔘", 1, "0000c91c-baed-89ed-a571-e2cfb340e2b6")]
    [InlineData("Zoë 𝔘", 12, "0007c91c-baed-89ed-a571-e2cfb340e2b6")]
    [InlineData("Zoë 𝔘", 65_536, "8493c91c-baed-89ed-a571-e2cfb340e2b6")]
    public void The_id_of_a_request_is_the_same_for_ever(string requestId, int partitionCount, string expected)
    {
        Assert.Equal(expected, AccountId.FromRequestId(requestId, partitionCount).ToString());
    }

    [Fact]
    public void Requests_spread_evenly_over_the_partitions()
    {
        const int Requests = 60_000;
        const int Partitions = 12;
        var counts = new int[Partitions];
        for (var i = 0; i < Requests; i++)
        {
            counts[AccountId.FromRequestId($"request {i}", Partitions).Partition]++;
        }
        // 5,000 each; five standard deviations are about 340.
        Assert.All(counts, count => Assert.InRange(count, 4_660, 5_340));
    }

    [Fact]
    public void Growing_the_partition_count_moves_requests_to_new_partitions_only()
    {
        for (var i = 0; i < 2_000; i++)
        {
            var before = AccountId.FromRequestId($"request {i}", 1).Partition;
            for (var count = 2; count <= 40; count++)
            {
                var after = AccountId.FromRequestId($"request {i}", count).Partition;
                Assert.True(after == before || after == count - 1, $"request {i}: {before} to {after} of {count}");
                before = after;
            }
        }
    }

    [Fact]
    public void There_is_no_id_without_partitions()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => AccountId.FromRequestId("r", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => AccountId.FromRequestId("r", -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => AccountId.NewRandom(0));
        Assert.Throws<OverflowException>(() => Enumerable.Range(0, 64)
            .Select(i => AccountId.FromRequestId($"request {i}", int.MaxValue)).ToList());
    }
}
