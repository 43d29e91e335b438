using Grpc.Core;
using Xunit;

namespace StandIns.GrpcTests;

public sealed class MetadataTests
{
    [Fact]
    public void Keys_are_lowered_and_found_in_any_case()
    {
        var metadata = new Metadata { { "Trace-Id", "1" } };

        Assert.Equal("trace-id", metadata[0].Key);
        Assert.Equal("1", metadata.GetValue("TRACE-ID"));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("colon:")]
    [InlineData("ümlaut")]
    public void A_key_of_other_characters_is_refused(string key)
    {
        var e = Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

        Assert.StartsWith("Metadata entry key not valid.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_key_takes_only_bytes_and_another_only_text()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("blob-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("blob", [1, 2]));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry(null!, "text"));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry("key", (string)null!));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry("blob-bin", (byte[])null!));
        Assert.True(new Metadata.Entry("Blob-BIN", [1, 2]).IsBinary);
    }

    [Fact]
    public void Bytes_are_copied_in_and_out()
    {
        byte[] bytes = [1, 2, 3];
        var entry = new Metadata.Entry("blob-bin", bytes);
        bytes[0] = 9;
        entry.ValueBytes[1] = 9;

        Assert.Equal([1, 2, 3], entry.ValueBytes);
    }

    [Fact]
    public void Text_can_be_read_as_bytes_and_bytes_not_as_text()
    {
        Assert.Equal("abc"u8.ToArray(), new Metadata.Entry("key", "abc").ValueBytes);
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("blob-bin", [1]).Value);
    }

    [Fact]
    public void Of_entries_with_the_same_key_Get_finds_the_last_and_GetAll_each_in_order()
    {
        var metadata = new Metadata { { "a", "1" }, { "b", "2" }, { "A", "3" } };

        Assert.Equal("3", metadata.Get("a")?.Value);
        Assert.Equal(["1", "3"], metadata.GetAll("a").Select(entry => entry.Value));
        Assert.Null(metadata.Get("c"));
        Assert.Null(metadata.GetValue("c"));
        Assert.Null(metadata.GetValueBytes("c"));
        Assert.Empty(metadata.GetAll("c"));
    }

    [Fact]
    public void It_is_a_list()
    {
        var first = new Metadata.Entry("a", "1");
        var second = new Metadata.Entry("b", "2");
        var metadata = new Metadata { second };
        metadata.Insert(0, first);
        Assert.Equal([first, second], metadata);
        Assert.Equal(1, metadata.IndexOf(second));
        Assert.Contains(first, metadata);

        metadata[1] = first;
        metadata.RemoveAt(0);
        Assert.True(metadata.Remove(first));
        Assert.False(metadata.Remove(first));

        metadata.Add(second);
        metadata.Clear();
        Assert.Empty(metadata);
        Assert.Throws<ArgumentNullException>(() => metadata.Add(null!));
    }

    [Fact]
    public void The_empty_one_refuses_every_change()
    {
        var entry = new Metadata.Entry("a", "1");

        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.False(new Metadata().IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add(entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Insert(0, entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty[0] = entry);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Remove(entry));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.RemoveAt(0));
        Assert.Throws<InvalidOperationException>(Metadata.Empty.Clear);
    }

    [Fact]
    public void An_entry_shows_its_key_and_text()
    {
        Assert.Equal("[Entry: key=a, value=1]", new Metadata.Entry("A", "1").ToString());
        Assert.Equal(
            "[Entry: key=a-bin, valueBytes=System.Byte[]]",
            new Metadata.Entry("a-bin", [1]).ToString());
    }
}
