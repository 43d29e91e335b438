using System.Text;

namespace BankAccounts.Ledger.Tests;

public sealed class BoundsTests
{
    public static TheoryData<string, byte[], bool> Texts() => new()
    {
        { "ASCII", "Alice"u8.ToArray(), true },
        { "a space", " "u8.ToArray(), true },
        { "the first after the controls", [0x20], true },
        { "the last before DEL", [0x7E], true },
        { "NUL", [0x00], false },
        { "NUL within", [0x61, 0x00, 0x61], false },
        { "U+0001", [0x01], false },
        { "tabulator", [0x09], false },
        { "line feed", [0x0A], false },
        { "U+001F", [0x1F], false },
        { "DEL", [0x7F], false },
        { "U+0080", [0xC2, 0x80], false },
        { "U+0085", [0xC2, 0x85], false },
        { "U+009F", [0xC2, 0x9F], false },
        { "U+00A0", [0xC2, 0xA0], true },
        { "two bytes, last", [0xDF, 0xBF], true },
        { "three bytes, first", [0xE0, 0xA0, 0x80], true },
        { "U+D7FF", [0xED, 0x9F, 0xBF], true },
        { "U+E000", [0xEE, 0x80, 0x80], true },
        { "U+FFFC", [0xEF, 0xBF, 0xBC], true },
        { "U+FFFD", [0xEF, 0xBF, 0xBD], false },
        { "U+FFFE, no character but a scalar", [0xEF, 0xBF, 0xBE], true },
        { "U+FFFF", [0xEF, 0xBF, 0xBF], true },
        { "U+FEFF", [0xEF, 0xBB, 0xBF], true },
        { "U+202E, right to left", [0xE2, 0x80, 0xAE], true },
        { "a combining accent alone", [0xCC, 0x81], true },
        { "U+10000", [0xF0, 0x90, 0x80, 0x80], true },
        { "U+10FFFF", [0xF4, 0x8F, 0xBF, 0xBF], true },
        { "U+110000", [0xF4, 0x90, 0x80, 0x80], false },
        { "five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80], false },
        { "high surrogate", [0xED, 0xA0, 0x80], false },
        { "low surrogate", [0xED, 0xBF, 0xBF], false },
        { "a pair of surrogates", [0xED, 0xA0, 0xB5, 0xED, 0xB4, 0x98], false },
        { "overlong NUL", [0xC0, 0x80], false },
        { "overlong A, two bytes", [0xC1, 0x81], false },
        { "overlong A, three bytes", [0xE0, 0x81, 0x81], false },
        { "overlong U+FFFF, four bytes", [0xF0, 0x8F, 0xBF, 0xBF], false },
        { "a lone continuation", [0x80], false },
        { "two bytes, one there", [0xC3], false },
        { "three bytes, two there", [0xE2, 0x82], false },
        { "four bytes, three there", [0xF0, 0x9D, 0x94], false },
        { "cut, then text", [0xE2, 0x82, 0x61], false },
        { "0xFF", [0xFF], false },
        { "0xFE", [0xFE], false },
        { "Latin 1", [0x63, 0x61, 0x66, 0xE9], false },
        { "good, then bad", [0x61, 0xC3, 0xA9, 0xC3], false },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_well_formed_without_controls_and_without_replacements(string what, byte[] utf8, bool expected)
    {
        Assert.NotNull(what);
        Assert.Equal(expected, Bounds.IsText(utf8, 1, 200));
    }

    [Fact]
    public void Every_scalar_is_text_but_the_controls_and_the_replacement()
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (Rune.TryCreate(value, out var rune))
            {
                var expected = value >= 0x20 && value is not ((>= 0x7F and <= 0x9F) or 0xFFFD);
                Assert.Equal(expected, Bounds.IsText(utf8[..rune.EncodeToUtf8(utf8)], 1, 1));
            }
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("𝔘")]
    public void Length_is_counted_in_scalars(string scalar)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(scalar, 200)));
        Assert.True(Bounds.IsText(text, 1, 200));
        Assert.True(Bounds.IsText(text, 200, 200));
        Assert.False(Bounds.IsText(text, 1, 199));
        Assert.False(Bounds.IsText(text, 201, 300));
        Assert.False(Bounds.IsText([.. text, .. Encoding.UTF8.GetBytes(scalar)], 1, 200));
    }

    [Fact]
    public void Empty_text_has_no_scalars()
    {
        Assert.True(Bounds.IsText([], 0, 200));
        Assert.True(Bounds.IsText([], 0, 0));
        Assert.False(Bounds.IsText([], 1, 200));
    }

    [Theory]
    [InlineData(long.MinValue, false)]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1_000_000_000_000_000, true)]
    [InlineData(1_000_000_000_000_001, false)]
    [InlineData(long.MaxValue, false)]
    public void An_amount_is_1_to_10_to_the_15(long amount, bool expected)
    {
        Assert.Equal(expected, Bounds.IsAmount(amount));
    }

    [Theory]
    [InlineData("USD", true)]
    [InlineData("AAA", true)]
    [InlineData("ZZZ", true)]
    [InlineData("", false)]
    [InlineData("US", false)]
    [InlineData("USDD", false)]
    [InlineData("usd", false)]
    [InlineData("US ", false)]
    [InlineData("US1", false)]
    [InlineData("U@D", false)]
    [InlineData("U[D", false)]
    [InlineData("UÄ", false)]
    [InlineData("İSD", false)]
    [InlineData("ＵＳＤ", false)]
    public void A_currency_code_is_three_capital_ascii_letters(string code, bool expected)
    {
        Assert.Equal(expected, Bounds.IsCurrencyCode(Encoding.UTF8.GetBytes(code)));
    }

    [Theory]
    [InlineData(long.MinValue, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(253_402_300_799_999, true)]
    [InlineData(253_402_300_800_000, false)]
    public void A_time_is_one_that_a_timestamp_can_tell(long unixMs, bool expected)
    {
        Assert.Equal(expected, Bounds.IsRecordedAt(unixMs));
        if (expected)
        {
            Assert.Equal(unixMs, DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToUnixTimeMilliseconds());
        }
    }
}
