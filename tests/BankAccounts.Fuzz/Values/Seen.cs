using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BankAccounts.Fuzz;

/// <summary>
/// Text that the bank has given away or accepted, by the name of its field: account ids, page tokens, request ids. With
/// it a case gets past the first check, whatever fields there are.
/// </summary>
internal sealed class Seen
{
    private const int KeptPerField = 64;

    private readonly ConcurrentDictionary<string, string[]> byField = new();

    /// <summary>Some text that fits into a field; null if there is none yet.</summary>
    public string? Pick(string field, Random random)
    {
        var fitting = byField.Where(one => field.EndsWith(one.Key, StringComparison.Ordinal)).ToList();
        return fitting.Count == 0 ? null : One(fitting[random.Next(fitting.Count)].Value, random);
    }

    /// <summary>Any text at all.</summary>
    public string? Any(Random random)
    {
        var fields = byField.Values.ToList();
        return fields.Count == 0 ? null : One(fields[random.Next(fields.Count)], random);
    }

    /// <summary>Remembers the text of all fields of a message, some instead of some older.</summary>
    public void Learn(IMessage message, Random random)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsMap || !IsThere(field, message))
            {
                continue;
            }
            var value = field.Accessor.GetValue(message);
            foreach (var one in field.IsRepeated ? ((System.Collections.IEnumerable)value).Cast<object>() : [value])
            {
                if (one is IMessage inner)
                {
                    Learn(inner, random);
                }
                else if (one is string { Length: > 0 and < 1_000 } text)
                {
                    Learn(field.Name, text, random);
                }
            }
        }
    }

    private void Learn(string field, string text, Random random)
    {
        var place = random.Next(KeptPerField);
        byField.AddOrUpdate(
            field,
            _ => [text],
            (_, known) => known.Contains(text) ? known
                : known.Length < KeptPerField ? [.. known, text]
                : [.. known[..place], text, .. known[(place + 1)..]]);
    }

    private static bool IsThere(FieldDescriptor field, IMessage message) =>
        !field.HasPresence || field.Accessor.HasValue(message);

    private static string One(string[] texts, Random random) => texts[random.Next(texts.Length)];
}
