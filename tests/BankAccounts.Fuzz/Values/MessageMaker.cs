using System.Collections;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BankAccounts.Fuzz;

/// <summary>
/// Messages of any type, from their descriptors alone: a field that is added to the contract is fuzzed without being
/// named here. Most fields of a message are plausible, so that the hostile ones among them are what is looked at.
/// </summary>
internal sealed class MessageMaker(Seen seen, Random random)
{
    private const int Deepest = 6;

    private static readonly long[] Edges =
    [
        long.MinValue, long.MinValue + 1, int.MinValue - 1L, int.MinValue, -1_000, -1, 0, 1, 11, 12, 13, 499, 500, 501, 1_000,
        1_001, 65_535, 65_536, int.MaxValue, int.MaxValue + 1L, uint.MaxValue, 1L << 53, 253_402_300_799,
        253_402_300_800, 999_999_999, 1_000_000_000, 999_999_999_999_999, 1_000_000_000_000_000, 1_000_000_000_000_001,
        long.MaxValue - 1, long.MaxValue,
    ];

    private static readonly int[] Counts = [0, 1, 2, 11, 12, 13, 100];
    private static readonly int[] ManyCounts = [999, 1_000, 1_001, 5_000];

    /// <summary>How likely a field of this message is hostile, in percent: most messages have none or one of them.</summary>
    private readonly int hostilePercent = new[] { 0, 0, 5, 10, 25, 60 }[random.Next(6)];

    public IMessage Make(MessageDescriptor type) => Make(type, 0);

    private IMessage Make(MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in Chosen(type))
        {
            if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var left = depth < Deepest ? Count() : 0; left > 0; left--)
                {
                    list.Add(Value(field, depth));
                }
            }
            else if (random.Next(8) > 0 && depth < Deepest)
            {
                field.Accessor.SetValue(message, Value(field, depth));
            }
        }
        return message;
    }

    /// <summary>All fields, and of each choice one.</summary>
    private IEnumerable<FieldDescriptor> Chosen(MessageDescriptor type) => type.Fields.InDeclarationOrder()
        .Where(field => field.RealContainingOneof is null)
        .Concat(type.Oneofs.Where(choice => !choice.IsSynthetic).Select(choice => choice.Fields[random.Next(choice.Fields.Count)]));

    private int Count() => !IsHostile() ? random.Next(4)
        : random.Next(20) == 0 ? ManyCounts[random.Next(ManyCounts.Length)]
        : Counts[random.Next(Counts.Length)];

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => Text(field.Name),
        FieldType.Bytes => ByteString.CopyFromUtf8(Text(field.Name)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Number(),
        // The contract's unsigned numbers are names that callers choose.
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)(IsHostile() ? Number() : random.NextInt64())),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)Number()),
        FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)Number()),
        FieldType.Double => (double)Number(),
        FieldType.Float => (float)Number(),
        FieldType.Enum => Enumeration(field.EnumType),
        FieldType.Message => Make(field.MessageType, depth + 1),
        var other => throw new UnreachableException($"Contracts have no fields of type {other}."),
    };

    private string Text(string field) => IsHostile()
        ? HostileText.Make(seen, random)
        : random.Next(4) switch
        {
            0 => string.Empty,
            // A request id, say, that nobody has used before.
            1 => random.Next().ToString(CultureInfo.InvariantCulture),
            _ => seen.Pick(field, random) ?? "Ada",
        };

    private long Number() => !IsHostile() ? random.Next(12)
        : random.Next(6) == 0 ? random.NextInt64(long.MinValue, long.MaxValue)
        : Edges[random.Next(Edges.Length)];

    private int Enumeration(EnumDescriptor type) => IsHostile()
        ? unchecked((int)Edges[random.Next(Edges.Length)])
        : type.Values[random.Next(type.Values.Count)].Number;

    private bool IsHostile() => random.Next(100) < hostilePercent;
}
