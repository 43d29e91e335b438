using System.Text;
using Google.Protobuf;

namespace BankAccounts.Fuzz;

/// <summary>What a message becomes on its way when nobody means well.</summary>
internal static class WireMutations
{
    private const int Bottom = 20_000;

    private static readonly byte[] Placeholder = Encoding.UTF8.GetBytes(HostileText.BadUtf8);

    /// <summary>Three bytes each that are no UTF-8: lone surrogates, overlong forms, beyond Unicode, cut off.</summary>
    private static readonly byte[][] NoUtf8 =
        [[0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xC0, 0x80, 0x41], [0xF5, 0x80, 0x80], [0xFF, 0xFE, 0xFD], [0x41, 0x42, 0xE2]];

    private static readonly Func<byte[], Random, byte[]>[] All =
    [
        (bytes, random) => bytes[..random.Next(bytes.Length + 1)],
        (bytes, random) => Changed(bytes, random, 1),
        (bytes, random) => Changed(bytes, random, 1 + (bytes.Length / 8)),
        (bytes, random) => Inserted(bytes, random, RandomBytes(random, random.Next(1, 20))),
        (bytes, random) => Removed(bytes, random),
        (_, random) => RandomBytes(random, random.Next(1, 400)),
        (bytes, _) => [.. bytes, .. bytes],
        (bytes, random) => [.. bytes, .. Field(random.Next(1, 40), random.Next(8), RandomBytes(random, random.Next(12)))],
        (bytes, random) => [.. Field(random.Next(1, 12), random.Next(8), RandomBytes(random, random.Next(12))), .. bytes],
        (bytes, random) => [.. bytes, .. Field(1_000 + random.Next(1_000), 2, [.. Varint((ulong)random.Next(9)), .. RandomBytes(random, 8)])],
        (bytes, random) => [.. bytes, .. Field(random.Next(1, 12), 2, Varint((ulong)random.NextInt64()))],
        (bytes, random) => [.. bytes, .. Groups(random.Next(90, 130)), .. bytes],
        (bytes, random) => [.. bytes, .. Groups(Bottom)],
        (bytes, random) => [.. bytes, .. Nested(random.Next(1, 12), random.Next(1, 400))],
        (bytes, _) => [.. bytes, 0x00],
        (bytes, random) => [.. bytes, .. Field(random.Next(1, 12), 0, [.. Enumerable.Repeat((byte)0xFF, 11)])],
    ];

    /// <summary>The bytes of a message, with what is no UTF-8 where the text has the mark for it.</summary>
    public static byte[] Encode(IMessage message, Random random)
    {
        var bytes = message.ToByteArray();
        for (var at = bytes.AsSpan().IndexOf(Placeholder); at >= 0;)
        {
            NoUtf8[random.Next(NoUtf8.Length)].CopyTo(bytes, at);
            var next = bytes.AsSpan(at + Placeholder.Length).IndexOf(Placeholder);
            at = next < 0 ? -1 : at + Placeholder.Length + next;
        }
        return bytes;
    }

    /// <summary>Other bytes: cut, changed, nested without end, with wrong lengths and types.</summary>
    public static byte[] Mutate(byte[] bytes, Random random) => All[random.Next(All.Length)](bytes, random);

    public static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Changed(byte[] bytes, Random random, int times)
    {
        byte[] changed = [.. bytes];
        for (; times > 0 && changed.Length > 0; times--)
        {
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        }
        return changed;
    }

    private static byte[] Inserted(byte[] bytes, Random random, byte[] more)
    {
        var place = random.Next(bytes.Length + 1);
        return [.. bytes[..place], .. more, .. bytes[place..]];
    }

    private static byte[] Removed(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        return [.. bytes[..from], .. bytes[random.Next(from, bytes.Length + 1)..]];
    }

    private static byte[] Field(int number, int wireType, byte[] content) =>
        [.. Varint(((ulong)number << 3) | (uint)wireType), .. content];

    /// <summary>Groups in groups: what a parser that recurses without a bound dies of.</summary>
    private static byte[] Groups(int depth) => [.. Enumerable.Repeat((byte)((15 << 3) | 3), depth)];

    private static byte[] Nested(int number, int depth)
    {
        byte[] inner = [];
        for (; depth > 0; depth--)
        {
            inner = Field(number, 2, [.. Varint((ulong)inner.Length), .. inner]);
        }
        return inner;
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        return [.. bytes, (byte)value];
    }
}
