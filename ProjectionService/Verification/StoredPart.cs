using System.Globalization;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>A part of a partition's state: its key, and how people read its fields and values.</summary>
/// <param name="Kind">The part's name in verdicts.</param>
/// <param name="Key">The key in Redis.</param>
/// <param name="Field">The text of a field.</param>
/// <param name="Parser">The form of its values; null if they are plain text.</param>
public sealed record StoredPart(
    string Kind, string Key, Func<string, string> Field, MessageParser? Parser)
{
    private const int LongestText = 1_000;

    /// <summary>The parts that are hashes.</summary>
    public static IReadOnlyList<StoredPart> Hashes(RedisKeys keys) =>
    [
        new("accounts", keys.Accounts, AccountText, StoredAccount.Parser),
        new("requests", keys.Requests, RequestText, StoredRequest.Parser),
        new("producers", keys.Producers, Hex, StoredProducer.Parser),
        new("channels-out", keys.ChannelsOut, PartitionText, StoredOutgoingChannel.Parser),
        new("unsettled", keys.Unsettled, ChannelText, StoredUnsettled.Parser),
        new("channels-in", keys.ChannelsIn, PartitionText, StoredIncomingChannel.Parser),
        new("refused", keys.Refused, ChannelText, null),
        new("transfers", keys.Transfers, Hex, StoredTransfer.Parser),
    ];

    /// <summary>The parts that are sorted sets.</summary>
    public static IReadOnlyList<StoredPart> SortedSets(RedisKeys keys) =>
    [
        new("producer-order", keys.ProducerOrder, Hex, null),
        new("names", keys.Names, NameText, null),
    ];

    /// <summary>The parts that are lists, except for histories.</summary>
    public static IReadOnlyList<StoredPart> Lists(RedisKeys keys) =>
    [
        new("request-order", keys.RequestOrder, Index, null),
        new("voids", keys.Voids, Index, StoredVoid.Parser),
    ];

    /// <summary>The parts that are strings.</summary>
    public static IReadOnlyList<StoredPart> Strings(RedisKeys keys) =>
    [
        .. from place in Enumerable.Range(0, RedisKeys.MaxChunks)
           let key = keys.Decisions(place)
           select new StoredPart("decisions", key, index => $"{key} {Index(index)}", DecisionChunk.Parser)
           {
               Elements = bytes => DecisionChunk.Parser.ParseFrom(bytes).Decisions,
           },
    ];

    /// <summary>The history of an account.</summary>
    public static StoredPart History(RedisKeys keys, AccountId account) =>
        new("history", keys.History(account), index => $"{account} {Index(index)}", StoredHistoryPage.Parser)
        {
            PagesKey = keys.Pages(account),
            Elements = bytes => StoredHistoryPage.Parser.ParseFrom(bytes).Entries,
        };

    /// <summary>For a history: the key of the pages that were sealed from its list; otherwise null.</summary>
    public string? PagesKey { get; private init; }

    /// <summary>Takes a value apart that holds several things, which people want to see one by one.</summary>
    private Func<byte[], IReadOnlyList<IMessage>>? Elements { get; init; }

    /// <summary>Whether the values are scores.</summary>
    public bool HasScores => Kind is "producer-order" or "names";

    /// <summary>The text of a value, null for none.</summary>
    public string Value(byte[]? value)
    {
        if (value is null)
        {
            return "none";
        }
        var text = Kind is "refused" || HasScores ? ExpectedStore.Field(value)
            : Parser is null ? Convert.ToHexStringLower(value)
            : Parse(value);
        return Cut(text);
    }

    /// <summary>Two values that differ, and where: of those that hold several things, the first that does.</summary>
    /// <param name="first">The number of the first thing in them.</param>
    /// <param name="wanted">What is expected; null for none.</param>
    /// <param name="found">What is there; null for none.</param>
    public (string Field, string Wanted, string Found) Narrow(long first, byte[]? wanted, byte[]? found)
    {
        var (due, there) = (ElementsOf(wanted), ElementsOf(found));
        for (var i = 0; i < Math.Max(due.Count, there.Count); i++)
        {
            var (one, other) = (due.ElementAtOrDefault(i), there.ElementAtOrDefault(i));
            if (!Equals(one, other) && wanted is not null && found is not null)
            {
                return (FieldOf(first + i), Cut($"{one}"), Cut($"{other}"));
            }
        }
        return (FieldOf(first), Value(wanted), Value(found));

        string FieldOf(long number) => Field(number.ToString(CultureInfo.InvariantCulture));
    }

    private IReadOnlyList<IMessage> ElementsOf(byte[]? value)
    {
        try
        {
            return value is null || Elements is null ? [] : Elements(value);
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText];

    private string Parse(byte[] value)
    {
        try
        {
            return Parser!.ParseFrom(value).ToString() ?? string.Empty;
        }
        catch (InvalidProtocolBufferException)
        {
            return Convert.ToHexStringLower(value);
        }
    }

    private static string AccountText(string field) =>
        AccountId.TryRead(ExpectedStore.Bytes(field), out var id) ? id.ToString() : Hex(field);

    private static string NameText(string member)
    {
        if (member.Length <= AccountId.Size)
        {
            return Hex(member);
        }
        var name = System.Text.Encoding.UTF8.GetString(ExpectedStore.Bytes(member[..^(AccountId.Size + 1)]));
        return $"{name} {AccountText(member[^AccountId.Size..])}";
    }

    private static string RequestText(string field) =>
        field.Length > AccountId.Size
            ? $"{AccountText(field[..AccountId.Size])} {System.Text.Encoding.UTF8.GetString(
                ExpectedStore.Bytes(field[AccountId.Size..]))}"
            : Hex(field);

    private static string PartitionText(string field) =>
        field.Length == sizeof(ushort)
            ? StoreCodec.DecodePartition(ExpectedStore.Bytes(field)).ToString(CultureInfo.InvariantCulture)
            : Hex(field);

    private static string ChannelText(string field) =>
        field.Length == sizeof(ushort) + sizeof(long)
        && StoreCodec.DecodeChannelEntry(ExpectedStore.Bytes(field)) is var entry
            ? string.Create(CultureInfo.InvariantCulture, $"{entry.Partition} #{entry.Sequence}")
            : Hex(field);

    private static string Index(string index) => $"#{index}";

    private static string Hex(string field) => Convert.ToHexStringLower(ExpectedStore.Bytes(field));
}
