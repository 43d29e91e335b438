using System.Diagnostics;
using System.Globalization;
using System.Text;
using BankAccounts.ProjectionService.Redis;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>
/// What Redis must hold: the packed writes of commits, applied to hashes, sorted sets, lists and strings in
/// memory. Fields are bytes; here they are text of one character a byte.
/// </summary>
public sealed class ExpectedStore
{
    private static readonly Dictionary<string, byte[]> NoFields = [];
    private static readonly ExpectedList NoItems = new();

    private readonly Dictionary<string, Dictionary<string, byte[]>> maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ExpectedList> lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> strings = new(StringComparer.Ordinal);

    /// <summary>The text that stands for the bytes of a field.</summary>
    public static string Field(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes that a text stands for.</summary>
    public static byte[] Bytes(string field) => Encoding.Latin1.GetBytes(field);

    /// <summary>A hash, or a sorted set with scores as values; empty if there is none.</summary>
    public IReadOnlyDictionary<string, byte[]> Map(string key) => maps.GetValueOrDefault(key, NoFields);

    /// <summary>A list; empty if there is none.</summary>
    public ExpectedList List(string key) => lists.GetValueOrDefault(key, NoItems);

    /// <summary>A string; null if there is none.</summary>
    public byte[]? Text(string key) => strings.GetValueOrDefault(key);

    /// <summary>Whether there is such a key: empty ones are none.</summary>
    public bool Has(string key) => Map(key).Count > 0 || List(key).Count > 0 || strings.ContainsKey(key);

    /// <summary>Applies the writes of a commit.</summary>
    public void Apply(ReadOnlySpan<byte> writes)
    {
        var reader = new MessagePackReader(writes);
        var commands = reader.Array();
        for (var command = 0; command < commands; command++)
        {
            var count = reader.Array() - 2;
            var name = Field(reader.Bytes());
            var key = Field(reader.Bytes());
            switch (name)
            {
                case "HSET":
                    SetPairs(ref reader, key, count, isScoreFirst: false);
                    break;
                case "ZADD":
                    SetPairs(ref reader, key, count, isScoreFirst: true);
                    break;
                case "HDEL" or "ZREM":
                    Remove(ref reader, key, count);
                    break;
                case "RPUSH":
                    Push(ref reader, key, count);
                    break;
                case "LPOP":
                    List(key).Pop(Number(reader.Bytes()));
                    break;
                case "LTRIM":
                    Trim(ref reader, key);
                    break;
                case "SET":
                    strings[key] = reader.Bytes().ToArray();
                    break;
                case "APPEND":
                    strings[key] = [.. strings.GetValueOrDefault(key, []), .. reader.Bytes()];
                    break;
                case "DEL":
                    strings.Remove(key);
                    break;
                default:
                    throw new UnreachableException(name);
            }
        }
    }

    private void SetPairs(ref MessagePackReader reader, string key, int count, bool isScoreFirst)
    {
        if (!maps.TryGetValue(key, out var map))
        {
            maps.Add(key, map = new(StringComparer.Ordinal));
        }
        for (var i = 0; i < count; i += 2)
        {
            var one = reader.Bytes();
            var other = reader.Bytes();
            if (isScoreFirst)
            {
                map[Field(other)] = one.ToArray();
            }
            else
            {
                map[Field(one)] = other.ToArray();
            }
        }
    }

    private void Remove(ref MessagePackReader reader, string key, int count)
    {
        var map = maps.GetValueOrDefault(key);
        for (var i = 0; i < count; i++)
        {
            var field = Field(reader.Bytes());
            map?.Remove(field);
        }
    }

    private void Push(ref MessagePackReader reader, string key, int count)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = new());
        }
        for (var i = 0; i < count; i++)
        {
            list.Push(reader.Bytes().ToArray());
        }
    }

    /// <summary>Only the last entries stay: commits trim no other way.</summary>
    private void Trim(ref MessagePackReader reader, string key)
    {
        var kept = -Number(reader.Bytes());
        if (Number(reader.Bytes()) != -1 || kept <= 0)
        {
            throw new UnreachableException("LTRIM");
        }
        List(key).Pop(Math.Max(0, List(key).Count - kept));
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
