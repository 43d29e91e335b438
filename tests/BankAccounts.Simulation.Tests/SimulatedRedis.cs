using System.Globalization;
using System.Text;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// What Redis holds of one partition, and commit.lua over it: the real packed commands are read and
/// done. Keys, fields and values are byte strings, written as Latin-1 text.
/// </summary>
internal sealed class SimulatedRedis(Fault fault)
{
    private Dictionary<string, Dictionary<string, string>> hashes = [];
    private Dictionary<string, List<string>> lists = [];
    private Dictionary<string, Dictionary<string, long>> sortedSets = [];

    /// <summary>The live generation; null where there is none.</summary>
    public long? Generation { get; private set; }

    /// <summary>Where the live generation stands.</summary>
    public StoredPosition Head { get; private set; } = new(0, [], [], 0);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

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
        (hashes, lists, sortedSets, Generation) = ([], [], [], null);
        Head = new StoredPosition(0, [], [], 0);
    }

    /// <summary>What is there now, to go back to.</summary>
    public SimulatedRedis Copy() => new(fault)
    {
        hashes = hashes.ToDictionary(pair => pair.Key, pair => new Dictionary<string, string>(pair.Value)),
        lists = lists.ToDictionary(pair => pair.Key, pair => new List<string>(pair.Value)),
        sortedSets = sortedSets.ToDictionary(pair => pair.Key, pair => new Dictionary<string, long>(pair.Value)),
        Generation = Generation,
        Head = Head,
    };

    /// <summary>Goes back to what was there.</summary>
    public void RollBackTo(SimulatedRedis snapshot)
    {
        var copy = snapshot.Copy();
        (hashes, lists, sortedSets, Generation, Head) =
            (copy.hashes, copy.lists, copy.sortedSets, copy.Generation, copy.Head);
    }

    /// <summary>Takes a commit as commit.lua does; false if it is refused. Returns what is published.</summary>
    public bool TryTake(EncodedCommit commit, out IReadOnlyList<DecisionBatch> published)
    {
        published = [];
        var stands = Generation == commit.Keys.Generation && Head.Position == commit.From
            && Head.Digest.AsSpan().SequenceEqual(commit.FromDigest);
        if (!stands && (fault != Fault.NoCompareAndSet || Generation != commit.Keys.Generation))
        {
            return false;
        }
        var reader = new PackedReader(commit.Writes);
        for (var left = reader.Array(); left > 0; left--)
        {
            var arguments = new string[reader.Array()];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = Text(reader.Bytes().Span);
            }
            Do(arguments);
        }
        Head = new StoredPosition(commit.To, commit.ToDigest, commit.Head, commit.FirstRequest);
        published = Messages(commit.Keys.Partition, commit.Messages);
        return true;
    }

    public IReadOnlyDictionary<string, string> Hash(string key) =>
        hashes.TryGetValue(key, out var hash) ? hash : new Dictionary<string, string>();

    public IReadOnlyList<string> List(string key) => lists.TryGetValue(key, out var list) ? list : [];

    public IReadOnlyDictionary<string, long> SortedSet(string key) =>
        sortedSets.TryGetValue(key, out var set) ? set : new Dictionary<string, long>();

    /// <summary>The lists whose keys begin so.</summary>
    public IEnumerable<KeyValuePair<string, List<string>>> Lists(string prefix) =>
        lists.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Everything of the live generation, without its number.</summary>
    public string Dump()
    {
        var number = $":{Generation?.ToString(CultureInfo.InvariantCulture)}:";
        string Name(string key) => key[(key.IndexOf(number, StringComparison.Ordinal) + number.Length)..];
        var lines = hashes.SelectMany(hash => hash.Value.Select(pair => $"{Name(hash.Key)} {pair.Key} {pair.Value}"))
            .Concat(lists.SelectMany(list => list.Value.Select((value, i) => $"{Name(list.Key)} {i:d6} {value}")))
            .Concat(sortedSets.SelectMany(set => set.Value.Select(pair => $"{Name(set.Key)} {pair.Key} {pair.Value}")))
            .Order(StringComparer.Ordinal);
        return $"{Head.Position} {Text(Head.Digest)} {Text(Head.Head)} {Head.FirstRequest}\n{string.Join('\n', lines)}";
    }

    private void Do(string[] command)
    {
        var key = command[1];
        var rest = command.AsSpan(2);
        switch (command[0])
        {
            case "HSET" when fault == Fault.RefusalsForgottenAtTheAnswer && key.EndsWith(":refused", StringComparison.Ordinal):
                break;
            case "HSET":
                var hash = Of(hashes, key);
                for (var i = 0; i < rest.Length; i += 2)
                {
                    hash[rest[i]] = rest[i + 1];
                }
                break;
            case "HDEL":
                foreach (var field in rest)
                {
                    Of(hashes, key).Remove(field);
                }
                break;
            case "RPUSH":
                Of(lists, key).AddRange(rest);
                break;
            case "LPOP":
                Of(lists, key).RemoveRange(0, Number(rest[0]));
                break;
            case "LTRIM":
                var list = Of(lists, key);
                list.RemoveRange(0, Math.Max(0, list.Count + Number(rest[0])));
                break;
            case "ZADD":
                for (var i = 0; i < rest.Length; i += 2)
                {
                    Of(sortedSets, key)[rest[i + 1]] = long.Parse(rest[i], CultureInfo.InvariantCulture);
                }
                break;
            case "ZREM":
                foreach (var member in rest)
                {
                    Of(sortedSets, key).Remove(member);
                }
                break;
            default:
                throw new NotSupportedException($"The simulated Redis does not know {command[0]}.");
        }
    }

    private static List<DecisionBatch> Messages(int partition, ReadOnlyMemory<byte> packed)
    {
        var reader = new PackedReader(packed);
        var messages = new List<DecisionBatch>();
        for (var left = reader.Array(); left > 0; left--)
        {
            reader.Array();
            var channel = Text(reader.Bytes().Span);
            var message = reader.Bytes();
            if (channel != RedisKeys.Committed(partition))
            {
                messages.Add(DecisionBatch.Parser.ParseFrom(message.Span));
            }
        }
        return messages;
    }

    private static T Of<T>(Dictionary<string, T> all, string key)
        where T : new()
    {
        if (!all.TryGetValue(key, out var one))
        {
            all[key] = one = new T();
        }
        return one;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>The head of a generation.</summary>
internal sealed record StoredPosition(long Position, byte[] Digest, byte[] Head, long FirstRequest);
