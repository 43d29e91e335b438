using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.Tests.Logs;

/// <summary>
/// What a store must do with the changes of a batch, in memory and with the real encodings: the model
/// that a ledger resumes from in tests, and that Redis is compared with.
/// </summary>
internal sealed class MemoryStore(int partition = Records.Partition)
{
    private const int MaxVoids = 1_000;
    private const int ChunkOffsets = 256;
    private const int MaxChunks = 65;
    private const int LeafEntries = 8;

    private readonly SortedDictionary<string, byte[]> accounts = new(StringComparer.Ordinal),
        requests = new(StringComparer.Ordinal), producers = new(StringComparer.Ordinal),
        channelsOut = new(StringComparer.Ordinal), unsettled = new(StringComparer.Ordinal),
        channelsIn = new(StringComparer.Ordinal), refused = new(StringComparer.Ordinal),
        transfers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<StoredHistoryEntry>> history = new(StringComparer.Ordinal);
    private readonly SortedSet<string> names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, byte[]> decisions = [];
    private readonly SortedDictionary<string, long> producerOrder = new(StringComparer.Ordinal);
    private readonly List<byte[]> requestOrder = [], voids = [];
    private byte[] head = StoreCodec.Encode(PartitionHead.Start(), new RequestOrder(0, 0)).ToByteArray();
    private byte[] logDigest = Digests.Empty();

    /// <summary>The next offset.</summary>
    public long Position { get; private set; }

    /// <summary>Takes what a batch changed.</summary>
    public void Take(PartitionLedger ledger, Changes changes)
    {
        Position = ledger.Head.Position;
        logDigest = ledger.Head.LogDigest;
        head = StoreCodec.Encode(ledger.Head, ledger.RequestOrder).ToByteArray();
        foreach (var (account, holderName) in changes.Opened)
        {
            history.Add(account.ToString(), []);
            names.Add(Hex([.. holderName, 0, .. account.ToByteArray()]));
        }
        foreach (var entry in changes.History)
        {
            var name = entry.Account.ToString();
            var stored = new StoredHistoryEntry();
            HistoryLeaves.Fill(stored, entry);
            history[name].Add(stored);
        }
        foreach (var (id, account) in changes.Accounts)
        {
            var stored = StoreCodec.Encode(account);
            stored.Leaf = LeavesOf(id.ToString()).FirstOrDefault(leaf => leaf.Entries.Count < LeafEntries)?.ToByteString()
                ?? ByteString.Empty;
            accounts[Hex(id.ToByteArray())] = stored.ToByteArray();
        }
        TakeRequests(changes);
        TakeProducers(changes);
        TakeTransfers(changes);
        voids.AddRange(changes.Voids.Select(note => StoreCodec.Encode(note).ToByteArray()));
        voids.RemoveRange(0, Math.Max(0, voids.Count - MaxVoids));
        foreach (var answer in changes.Answers)
        {
            // The first answer to a record is its own; what a transfer came to is told later.
            decisions.TryAdd(answer.Offset, Kept(answer).ToByteArray());
        }
    }

    /// <summary>A ledger that goes on from what is stored; its tables are empty until something is loaded.</summary>
    public PartitionLedger Resume()
    {
        var stored = StoredHead.Parser.ParseFrom(head);
        var order = new ProducerOrder(producerOrder.Select(
            seen => (seen.Value, new Guid(Convert.FromHexString(seen.Key), bigEndian: true))));
        var ledger = new PartitionLedger(
            partition,
            StoreCodec.Decode(stored, Position, logDigest),
            new RequestOrder(stored.FirstRequest, stored.NextRequest),
            order);
        LoadChannels(ledger);
        return ledger;
    }

    /// <summary>Loads what records need, as a prefetch does.</summary>
    public void Prefetch(PartitionLedger ledger, IReadOnlyCollection<LedgerRecord> records)
    {
        var needs = PrefetchNeeds.Of(records, ledger);
        foreach (var id in needs.Accounts)
        {
            ledger.Accounts.Load(id, Find(accounts, id.ToByteArray()) is { } found
                ? StoreCodec.Decode(StoredAccount.Parser.ParseFrom(found)) : null, ledger.Batch);
        }
        foreach (var key in needs.Requests)
        {
            ledger.Requests.Load(key, Find(requests, StoreCodec.Field(key)) is { } found
                ? StoreCodec.Decode(StoredRequest.Parser.ParseFrom(found)) : null, ledger.Batch);
        }
        foreach (var producer in needs.Producers)
        {
            ledger.Producers.Load(producer, Find(producers, StoreCodec.Field(producer)) is { } found
                ? StoreCodec.Decode(StoredProducer.Parser.ParseFrom(found)) : null, ledger.Batch);
        }
        var loaded = (int)(ledger.RequestOrder.LoadedEnd - ledger.RequestOrder.First);
        ledger.RequestOrder.Load(requestOrder
            .Skip(loaded).Take(needs.OldestRequests).Select(line => StoreCodec.DecodeLine(line)));
    }

    /// <summary>All that is stored, a line each, by the names that the keys in Redis have.</summary>
    public string Dump()
    {
        List<string> lines =
        [
            Line("head", "position", Text(Position)),
            Line("head", "digest", Hex(logDigest)),
            Line("head", "head", Hex(head)),
            Line("head", "first_request", Text(StoredHead.Parser.ParseFrom(head).FirstRequest)),
            .. accounts.Select(pair => Line("accounts", pair.Key, Hex(pair.Value))),
            .. names.Select(member => Line("names", member, "0")),
            .. history.SelectMany(pair => List($"history:{pair.Key}", [.. LeavesOf(pair.Key)
                .Where(leaf => leaf.Entries.Count == LeafEntries).Select(leaf => leaf.ToByteArray())])),
            .. requests.Select(pair => Line("requests", pair.Key, Hex(pair.Value))),
            .. List("request-order", requestOrder),
            .. producers.Select(pair => Line("producers", pair.Key, Hex(pair.Value))),
            .. producerOrder.Select(pair => Line("producer-order", pair.Key, Text(pair.Value))),
            .. channelsOut.Select(pair => Line("channels-out", pair.Key, Hex(pair.Value))),
            .. unsettled.Select(pair => Line("unsettled", pair.Key, Hex(pair.Value))),
            .. channelsIn.Select(pair => Line("channels-in", pair.Key, Hex(pair.Value))),
            .. refused.Select(pair => Line("refused", pair.Key, Hex(pair.Value))),
            .. transfers.Select(pair => Line("transfers", pair.Key, Hex(pair.Value))),
            .. List("voids", voids),
            .. decisions.GroupBy(pair => pair.Key / ChunkOffsets, pair => pair.Value)
                .Where(chunk => chunk.Key > ((Position - 1) / ChunkOffsets) - MaxChunks)
                .Select(chunk => $"decisions:{Text(chunk.Key % MaxChunks)} {Hex([.. chunk.SelectMany(one => one)])}"),
        ];
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private IEnumerable<StoredHistoryPage> LeavesOf(string account) =>
        history[account].Chunk(LeafEntries).Select(entries => new StoredHistoryPage { Entries = { entries } });

    private static DecisionChunk Kept(Answer answer)
    {
        var kept = new PushedDecision
        {
            ProducerSequence = answer.To.ProducerSequence,
            Offset = answer.Offset,
            Decision = answer.Decision is { } decision ? StoreCodec.Encode(decision) : null,
            VoidReason = answer.Void?.Reason ?? VoidReason.Unspecified,
            FirstOffset = answer.Void?.FirstOffset ?? 0,
            ProducerHigh = BinaryPrimitives.ReadUInt64BigEndian(answer.To.ProducerId.Span),
            ProducerLow = BinaryPrimitives.ReadUInt64BigEndian(answer.To.ProducerId.Span[8..]),
        };
        return new DecisionChunk { Decisions = { kept } };
    }

    private void TakeRequests(Changes changes)
    {
        foreach (var (key, request) in changes.Requests)
        {
            Put(requests, StoreCodec.Field(key), request is null ? null : StoreCodec.Encode(request));
        }
        requestOrder.AddRange(changes.Remembered.Select(age => StoreCodec.Line(age)));
        requestOrder.RemoveRange(0, changes.ForgottenRequests);
    }

    private void TakeProducers(Changes changes)
    {
        foreach (var (producer, window) in changes.Producers)
        {
            Put(producers, StoreCodec.Field(producer), window is null ? null : StoreCodec.Encode(window));
            producerOrder.Remove(Hex(StoreCodec.Field(producer)));
            if (window is not null)
            {
                producerOrder[Hex(StoreCodec.Field(producer))] = window.LastSeenMs;
            }
        }
    }

    private void TakeTransfers(Changes changes)
    {
        foreach (var channel in changes.Outgoing)
        {
            Put(channelsOut, StoreCodec.Field(channel.Destination), StoreCodec.Encode(channel));
        }
        foreach (var (entry, transfer) in changes.Unsettled)
        {
            Put(unsettled, StoreCodec.Field(entry), transfer is null ? null : StoreCodec.Encode(transfer));
        }
        foreach (var channel in changes.Incoming)
        {
            Put(channelsIn, StoreCodec.Field(channel.Source), StoreCodec.Encode(channel));
        }
        foreach (var (entry, reason) in changes.Refused)
        {
            refused.Remove(Hex(StoreCodec.Field(entry)));
            if (reason is { } why)
            {
                refused[Hex(StoreCodec.Field(entry))] = Encoding.ASCII.GetBytes(Text((int)why));
            }
        }
        foreach (var (offset, state) in changes.Transfers)
        {
            Put(transfers, RedisKeys.Offset(offset), StoreCodec.Encode(state));
        }
    }

    private void LoadChannels(PartitionLedger ledger)
    {
        foreach (var (field, value) in channelsOut)
        {
            var stored = StoredOutgoingChannel.Parser.ParseFrom(value);
            ledger.Load(new OutgoingChannel(
                StoreCodec.DecodePartition(Bytes(field)), stored.NextSequence, stored.Chain.ToByteArray()));
        }
        foreach (var (field, value) in unsettled)
        {
            var entry = StoreCodec.DecodeChannelEntry(Bytes(field));
            ledger.Outgoing[entry.Partition].Load(
                StoreCodec.Decode(StoredUnsettled.Parser.ParseFrom(value), entry.Sequence));
        }
        foreach (var (field, value) in channelsIn)
        {
            ledger.Load(StoreCodec.Decode(
                StoredIncomingChannel.Parser.ParseFrom(value), StoreCodec.DecodePartition(Bytes(field))));
        }
        foreach (var (field, value) in refused)
        {
            var entry = StoreCodec.DecodeChannelEntry(Bytes(field));
            ledger.Incoming[entry.Partition].Load(
                entry.Sequence, (Reason)int.Parse(Encoding.ASCII.GetString(value), CultureInfo.InvariantCulture));
        }
    }

    private static void Put(SortedDictionary<string, byte[]> map, byte[] field, IMessage? value)
    {
        map.Remove(Hex(field));
        if (value is not null)
        {
            map[Hex(field)] = value.ToByteArray();
        }
    }

    private static byte[]? Find(SortedDictionary<string, byte[]> map, byte[] field) =>
        map.GetValueOrDefault(Hex(field));

    private static IEnumerable<string> List(string key, List<byte[]> values) =>
        values.Select((value, index) => Line(key, index.ToString("d6", CultureInfo.InvariantCulture), Hex(value)));

    private static string Line(string key, string field, string value) => $"{key} {field} {value}";

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
