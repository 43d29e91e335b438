namespace BankAccounts.Fuzz;

/// <summary>Text at and beyond the bounds that text can have.</summary>
internal static class HostileText
{
    /// <summary>Three bytes of UTF-8 in whose place <see cref="WireMutations"/> puts three that are none.</summary>
    public const string BadUtf8 = "\u2042";

    private const int Mebibyte = 1024 * 1024;

    /// <summary>The lengths at which fields have their bounds, in scalars, and how often an enormous text comes: 1 in 200.</summary>
    private static readonly int[] Lengths = [1, 35, 36, 37, 99, 100, 101, 199, 200, 201, 255, 256, 1_000, 4_096, 70_000];

    private static readonly string[] Oddities =
    [
        "", " ", "\0", "a\0b", "\uFFFD", "\u0001", "\u007F", "\u0085", "\u202Eabc", "e\u0301", "\r\n", "%00", "../..",
        "{bank:0}", "*", "' OR 1=1 --", "null", "-1", "0", "9223372036854775808", "usd", "US", "USDX", "\u00DCSD", "EUR",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "0000e54f-5a2f-4c4f-9e5f-4f6f7a8b9c0d", "0003e54f-5a2f-8c4f-9e5f-4f6f7a8b9c0d",
        "ffffe54f-5a2f-8c4f-9e5f-4f6f7a8b9c0d", "{0003e54f-5a2f-8c4f-9e5f-4f6f7a8b9c0d}",
        "0003e54f5a2f8c4f9e5f4f6f7a8b9c0d", "0x03e54f-5a2f-8c4f-9e5f-4f6f7a8b9c0", "0:0", "11:9223372036854775807",
        BadUtf8, "a" + BadUtf8 + "b",
    ];

    public static string Make(Seen seen, Random random) => random.Next(200) == 0
        ? new string('m', Mebibyte)
        : random.Next(4) switch
        {
            0 => Of(Lengths[random.Next(Lengths.Length)], random),
            1 => Changed(seen.Any(random) ?? string.Empty, random),
            _ => Oddities[random.Next(Oddities.Length)],
        };

    private static string Of(int scalars, Random random) => random.Next(3) switch
    {
        0 => string.Concat(Enumerable.Repeat("\U0001F600", scalars)),
        1 => string.Concat(Enumerable.Repeat(BadUtf8, scalars)),
        _ => new string('x', scalars),
    };

    /// <summary>Something that was right, and is not any more: a forged token, an id of nobody.</summary>
    private static string Changed(string text, Random random)
    {
        if (text.Length == 0)
        {
            return text;
        }
        var place = random.Next(text.Length);
        return random.Next(5) switch
        {
            0 => text[..place],
            1 => text + text,
            2 => text.ToUpperInvariant(),
            3 => text[..place] + (char)random.Next(1, 127) + text[(place + 1)..],
            _ => text + "A",
        };
    }
}
