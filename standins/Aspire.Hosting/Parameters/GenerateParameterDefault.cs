using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Makes a random value, new in every run.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Without the characters that are easily taken for one another.
    private const string LowerChars = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperChars = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericChars = "0123456789";
    private const string SpecialChars = "-_.{}~()*+!";

    public int MinLength { get; set; }

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    /// <exception cref="InvalidOperationException">No kind of character is allowed.</exception>
    public override string GetDefaultValue()
    {
        (bool Allowed, string Chars, int Min)[] kinds =
        [
            (Lower, LowerChars, MinLower),
            (Upper, UpperChars, MinUpper),
            (Numeric, NumericChars, MinNumeric),
            (Special, SpecialChars, MinSpecial),
        ];
        var allowed = kinds.Where(kind => kind.Allowed).ToArray();
        if (allowed.Length == 0)
        {
            throw new InvalidOperationException("At least one kind of character must be allowed.");
        }
        var chars = allowed.SelectMany(kind => RandomNumberGenerator.GetItems<char>(kind.Chars, kind.Min)).ToList();
        var all = string.Concat(allowed.Select(kind => kind.Chars));
        chars.AddRange(RandomNumberGenerator.GetItems<char>(all, Math.Max(0, MinLength - chars.Count)));
        var value = chars.ToArray();
        RandomNumberGenerator.Shuffle<char>(value);
        return new string(value);
    }
}
