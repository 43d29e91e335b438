using System.Globalization;
using System.Text;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// What Redis holds of one partition, and commit.lua over it: the real packed commands are read and
/// done. Only the live generation is kept, so keys are known by what stands behind its number.
/// </summary>
internal sealed class SimulatedRedis(Fault fault)
{
    private static readonly Dictionary<ByteString, ByteString> NoHash = [];
    private static readonly Dictionary<ByteString, long> NoSortedSet = [];

    private Dictionary<ByteString, Dictionary<ByteString, ByteString>> hashes = [];
    private Dictionary<ByteString, List<ByteString>> lists = [];
    private Dictionary<ByteString, Dictionary<ByteString, long>> sortedSets = [];
    private Dictionary<ByteString, ByteString> strings = [];

    /// <summary>The live generation; null where there is none.</summary>
    public long? Generation { get; private set; }

    /// <summary>Where the live generation stands.</summary>
    public StoredPosition Head { get; private set; } = new(0, [], [], 0);

    /// <summary>Whether a script died midway: what it wrote is there, its position is not.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Whether what is there counts for anything.</summary>
    public bool IsUsable => Generation is not null && !IsDirty;

    /// <summary>Begins an empty generation.</summary>
    public void Begin(long generation, byte[] emptyDigest, byte[] emptyHead)
    {
        Flush();
        Generation = generation;
        Head = new StoredPosition(0, emptyDigest, emptyHead, 0);
    }

    /// <summary>Loses everything.</summary>
    public void Flush()
    {
        (hashes, lists, sortedSets, strings, Generation, IsDirty) = ([], [], [], [], null, false);
        Head = new StoredPosition(0, [], [], 0);
    }

    /// <summary>What is there now, to go back to.</summary>
    public SimulatedRedis Copy() => new(fault)
    {
        hashes = hashes.ToDictionary(pair => pair.Key, pair => new Dictionary<ByteString, ByteString>(pair.Value)),
        lists = lists.ToDictionary(pair => pair.Key, pair => new List<ByteString>(pair.Value)),
        sortedSets = sortedSets.ToDictionary(pair => pair.Key, pair => new Dictionary<ByteString, long>(pair.Value)),
        strings = new(strings),
        Generation = Generation,
        Head = Head,
        IsDirty = IsDirty,
    };

    /// <summary>Goes back to what was there.</summary>
    public void RollBackTo(SimulatedRedis snapshot)
    {
        var copy = snapshot.Copy();
        (hashes, lists, sortedSets, strings, Generation, Head, IsDirty) =
            (copy.hashes, copy.lists, copy.sortedSets, copy.strings, copy.Generation, copy.Head, copy.IsDirty);
    }

    /// <summary>Takes a commit as commit.lua does; false if it is refused. Returns what is published.</summary>
    public bool TryTake(EncodedCommit commit, out IReadOnlyList<DecisionBatch> published)
    {
        published = [];
        if (!StandsWhere(commit))
        {
            return false;
        }
        Write(commit, maxCommands: int.MaxValue);
        Head = new StoredPosition(commit.To, commit.ToDigest, commit.Head, commit.FirstRequest);
        published = Messages(commit.Keys.Partition, commit.Messages);
        return true;
    }

    /// <summary>
    /// The script dies after some of its writes, which stay; its mark tells. False if it was refused before.
    /// </summary>
    public bool TryTakeAndDie(EncodedCommit commit, int afterCommands)
    {
        if (!StandsWhere(commit))
        {
            return false;
        }
        IsDirty = fault != Fault.NoDirtyMark;
        Write(commit, afterCommands);
        return true;
    }

    public IReadOnlyDictionary<ByteString, ByteString> Hash(string key) => hashes.GetValueOrDefault(Name(key)) ?? NoHash;

    public IReadOnlyList<ByteString> List(string key) => lists.GetValueOrDefault(Name(key)) ?? [];

    public ByteString? Text(string key) => strings.GetValueOrDefault(Name(key));

    public IReadOnlyDictionary<ByteString, long> SortedSet(string key) =>
        sortedSets.GetValueOrDefault(Name(key)) ?? NoSortedSet;

    /// <summary>The lists whose keys begin so, and how they go on.</summary>
    public IEnumerable<(string Suffix, List<ByteString> Items)> Lists(string keyPrefix)
    {
        var prefix = Name(keyPrefix);
        return lists.Where(pair => pair.Key.Span.StartsWith(prefix.Span))
            .Select(pair => (Text(pair.Key)[prefix.Length..], pair.Value));
    }

    /// <summary>Whether both hold the same, byte for byte; the numbers of their generations aside.</summary>
    public bool HoldsTheSameAs(SimulatedRedis other) =>
        Head.Position == other.Head.Position
        && Head.FirstRequest == other.Head.FirstRequest
        && Head.Digest.AsSpan().SequenceEqual(other.Head.Digest)
        && Head.Head.AsSpan().SequenceEqual(other.Head.Head)
        && IsDirty == other.IsDirty
        && AreSame(hashes, other.hashes, AreSame)
        && AreSame(sortedSets, other.sortedSets, AreSame)
        && AreSame(strings, other.strings)
        && AreSame(lists, other.lists, (one, another) => one.SequenceEqual(another));

    /// <summary>Everything of the live generation, without its number.</summary>
    public string Dump()
    {
        var lines = hashes.SelectMany(hash => hash.Value.Select(pair => Line(hash.Key, Text(pair.Key), Text(pair.Value))))
            .Concat(lists.SelectMany(list => list.Value.Select((value, i) => Line(list.Key, $"{i:d6}", Text(value)))))
            .Concat(sortedSets.SelectMany(set => set.Value.Select(pair => Line(set.Key, Text(pair.Key), $"{pair.Value}"))))
            .Concat(strings.Select(pair => Line(pair.Key, string.Empty, Text(pair.Value))))
            .Order(StringComparer.Ordinal);
        return $"{Head.Position} {IsDirty} {Encoding.Latin1.GetString(Head.Digest)} {Encoding.Latin1.GetString(Head.Head)}"
            + $" {Head.FirstRequest}\n{string.Join('\n', lines)}";
    }

    private bool StandsWhere(EncodedCommit commit) =>
        Generation == commit.Keys.Generation && !IsDirty
        && (fault == Fault.NoCompareAndSet
            || (Head.Position == commit.From && Head.Digest.AsSpan().SequenceEqual(commit.FromDigest)));

    private void Write(EncodedCommit commit, int maxCommands)
    {
        var reader = new PackedReader(commit.Writes);
        for (var left = Math.Min(maxCommands, reader.Array()); left > 0; left--)
        {
            var count = reader.Array();
            var command = Encoding.ASCII.GetString(reader.Bytes().Span);
            var name = NameOf(reader.Bytes());
            var arguments = new ByteString[count - 2];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = UnsafeByteOperations.UnsafeWrap(reader.Bytes());
            }
            Do(command, name, arguments);
        }
    }

    private void Do(string command, ByteString name, ByteString[] arguments)
    {
        switch (command)
        {
            case "HSET" when fault == Fault.RefusalsForgottenAtTheAnswer && name.Span.SequenceEqual("refused"u8):
                break;
            case "HSET":
                var hash = Of(hashes, name);
                for (var i = 0; i < arguments.Length; i += 2)
                {
                    hash[arguments[i]] = arguments[i + 1];
                }
                break;
            case "HDEL":
                Array.ForEach(arguments, field => Of(hashes, name).Remove(field));
                RemoveIfEmpty(hashes, name);
                break;
            case "RPUSH":
                Of(lists, name).AddRange(arguments);
                break;
            case "LPOP":
                Of(lists, name).RemoveRange(0, (int)Number(arguments[0]));
                RemoveIfEmpty(lists, name);
                break;
            case "LTRIM":
                var list = Of(lists, name);
                list.RemoveRange(0, Math.Max(0, list.Count + (int)Number(arguments[0])));
                break;
            case "ZADD":
                for (var i = 0; i < arguments.Length; i += 2)
                {
                    Of(sortedSets, name)[arguments[i + 1]] = Number(arguments[i]);
                }
                break;
            case "ZREM":
                Array.ForEach(arguments, member => Of(sortedSets, name).Remove(member));
                RemoveIfEmpty(sortedSets, name);
                break;
            case "SET":
                strings[name] = arguments[0];
                break;
            case "APPEND":
                strings[name] = strings.TryGetValue(name, out var text)
                    ? ByteString.CopyFrom([.. text.Span, .. arguments[0].Span])
                    : arguments[0];
                break;
            case "DEL":
                strings.Remove(name);
                break;
            default:
                throw new NotSupportedException($"The simulated Redis does not know {command}.");
        }
    }

    private static List<DecisionBatch> Messages(int partition, ReadOnlyMemory<byte> packed)
    {
        var reader = new PackedReader(packed);
        var messages = new List<DecisionBatch>();
        for (var left = reader.Array(); left > 0; left--)
        {
            reader.Array();
            var channel = Encoding.UTF8.GetString(reader.Bytes().Span);
            var message = reader.Bytes();
            if (channel != RedisKeys.Committed(partition))
            {
                messages.Add(DecisionBatch.Parser.ParseFrom(message.Span));
            }
        }
        return messages;
    }

    private static bool AreSame<TKey, TValue>(Dictionary<TKey, TValue> one, Dictionary<TKey, TValue> other)
        where TKey : notnull =>
        AreSame(one, other, EqualityComparer<TValue>.Default.Equals);

    private static bool AreSame<TKey, TValue>(
        Dictionary<TKey, TValue> one, Dictionary<TKey, TValue> other, Func<TValue, TValue, bool> areSame)
        where TKey : notnull =>
        one.Count == other.Count
        && one.All(pair => other.TryGetValue(pair.Key, out var found) && areSame(pair.Value, found));

    private static T Of<T>(Dictionary<ByteString, T> all, ByteString name)
        where T : new()
    {
        if (!all.TryGetValue(name, out var one))
        {
            all[name] = one = new T();
        }
        return one;
    }

    private static void RemoveIfEmpty<T>(Dictionary<ByteString, T> all, ByteString name)
        where T : System.Collections.ICollection
    {
        if (all.TryGetValue(name, out var one) && one.Count == 0)
        {
            all.Remove(name);
        }
    }

    /// <summary>What stands behind the tag and the number of the generation: {bank:N}:G:name.</summary>
    private static ByteString NameOf(ReadOnlyMemory<byte> key)
    {
        var rest = key[(key.Span.IndexOf("}:"u8) + 2)..];
        return UnsafeByteOperations.UnsafeWrap(rest[(rest.Span.IndexOf((byte)':') + 1)..]);
    }

    private static ByteString Name(string key) => NameOf(Encoding.ASCII.GetBytes(key));

    private static string Line(ByteString name, string field, string value) => $"{Text(name)} {field} {value}";

    private static string Text(ByteString bytes) => Encoding.Latin1.GetString(bytes.Span);

    private static long Number(ByteString text) => long.Parse(text.Span, CultureInfo.InvariantCulture);
}

/// <summary>The head of a generation.</summary>
internal sealed record StoredPosition(long Position, byte[] Digest, byte[] Head, long FirstRequest);
