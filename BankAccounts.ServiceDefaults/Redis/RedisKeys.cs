using System.Buffers.Binary;
using System.Globalization;
using StackExchange.Redis;

namespace BankAccounts.ServiceDefaults.Redis;

/// <summary>
/// The keys of one partition's state in Redis. All of them share the hash tag <c>{bank:N}</c>, so that
/// one script may touch them on Redis Cluster; those of the state carry a generation number, so that a
/// rebuild can stand beside the live ones.
/// </summary>
/// <remarks>
/// <code>
/// {bank:N}                    hash    generation, layout, catch_up: which state is live;
///                                     rebuilding, rebuilding_until, rebuilding_position: a generation
///                                     that is being built, under a lease; retired, retired_until: the
///                                     one before the live one, whose keys stay a little longer
/// {bank:N}:owner              hash    who folds the partition, and how it is (operators' state)
/// {bank:N}:G:head             hash    position, digest, dirty, first_request, head (StoredHead)
/// {bank:N}:G:accounts         hash    account id (16 bytes) → StoredAccount, with its newest 0 to 7 entries
/// {bank:N}:G:names            zset    holder name ‖ 0x00 ‖ account id (16 bytes), all with score 0
/// {bank:N}:G:history:ID       list    leaves of 8 entries, StoredHistoryPage, oldest first: those not sealed yet
/// {bank:N}:G:pages:ID         hash    page number → 256 older entries, StoredHistoryPage in Brotli
/// {bank:N}:G:requests         hash    account id ‖ request id → StoredRequest
/// {bank:N}:G:request-order    list    stream time (8 bytes, big endian) ‖ account id ‖ request id
/// {bank:N}:G:producers        hash    producer id (16 bytes) → StoredProducer
/// {bank:N}:G:producer-order   zset    producer id, scored by the stream time when last seen
/// {bank:N}:G:channels-out     hash    destination partition (2 bytes) → StoredOutgoingChannel
/// {bank:N}:G:unsettled        hash    destination partition ‖ sequence (8 bytes) → StoredUnsettled
/// {bank:N}:G:channels-in      hash    source partition (2 bytes) → StoredIncomingChannel
/// {bank:N}:G:refused          hash    source partition ‖ sequence (8 bytes) → Reason (number)
/// {bank:N}:G:transfers        hash    offset of the TransferEvent (8 bytes) → StoredTransfer
/// {bank:N}:G:voids            list    StoredVoid, the last 1,000
/// {bank:N}:G:decisions:S      string  DecisionChunk of 256 offsets, S = offset / 256 modulo 65
/// </code>
/// Decisions are pushed on the pub/sub channel that a record names as its <c>reply_to</c>, and what a
/// commit changed (CommittedBatch) on <c>{bank:N}:committed</c>.
/// </remarks>
public readonly record struct RedisKeys(int Partition, long Generation)
{
    /// <summary>The version of this layout. Another one in Redis makes the owner fold anew.</summary>
    public const int Layout = 5;

    /// <summary>How many void records are kept.</summary>
    public const int MaxVoids = 1_000;

    /// <summary>How many entries of a history one sealed page holds.</summary>
    public const int PageEntries = 256;

    /// <summary>
    /// How many entries of a history one leaf holds. Fewer are a part of their account, so that most commands cost a
    /// history no write of its own.
    /// </summary>
    public const int LeafEntries = 8;

    /// <summary>How many leaves one sealed page holds.</summary>
    public const int PageLeaves = PageEntries / LeafEntries;

    /// <summary>
    /// From so many unsealed leaves on the oldest are sealed; so at least one page's worth of the newest entries is
    /// never compressed.
    /// </summary>
    public const int SealFromLeaves = 2 * PageLeaves;

    /// <summary>How many of the latest decisions of a partition are kept by position, at least.</summary>
    public const int MaxDecisions = 16_384;

    /// <summary>Of how many offsets one chunk of decisions has the answers.</summary>
    public const int ChunkOffsets = 256;

    /// <summary>How many chunks of decisions are kept: one of them is not full yet.</summary>
    public const int MaxChunks = (MaxDecisions / ChunkOffsets) + 1;

    /// <summary>The partition's root: which generation is live.</summary>
    public static RedisKey Root(int partition) => $"{Tag(partition)}";

    /// <summary>Who folds the partition.</summary>
    public static RedisKey Owner(int partition) => $"{Tag(partition)}:owner";

    /// <summary>The channel on which each commit of a partition says what it changed.</summary>
    public static string Committed(int partition) => $"{Tag(partition)}:committed";

    /// <summary>The pattern that the channels of all partitions match.</summary>
    public const string PatternOfCommitted = "{bank:*}:committed";

    /// <summary>The pattern that the keys of all generations of a partition match.</summary>
    public static string PatternOfAll(int partition) =>
        $"{Tag(partition).Replace("{", @"\{", StringComparison.Ordinal)}:*";

    /// <summary>The pattern that the keys of a generation match.</summary>
    public string Pattern => $"{Tag(Partition).Replace("{", @"\{", StringComparison.Ordinal)}:{Number}:*";

    /// <summary>Where the fold stands.</summary>
    public string Head => Of("head");

    /// <summary>The accounts.</summary>
    public string Accounts => Of("accounts");

    /// <summary>The remembered requests.</summary>
    public string Requests => Of("requests");

    /// <summary>The order in which requests are forgotten.</summary>
    public string RequestOrder => Of("request-order");

    /// <summary>The appending processes.</summary>
    public string Producers => Of("producers");

    /// <summary>The order in which appending processes are forgotten.</summary>
    public string ProducerOrder => Of("producer-order");

    /// <summary>The channels at which transfers are debited.</summary>
    public string ChannelsOut => Of("channels-out");

    /// <summary>The transfers that are not settled.</summary>
    public string Unsettled => Of("unsettled");

    /// <summary>The channels at which transfers are credited.</summary>
    public string ChannelsIn => Of("channels-in");

    /// <summary>The refused credits whose answers may still be asked for.</summary>
    public string Refused => Of("refused");

    /// <summary>What became of each transfer.</summary>
    public string Transfers => Of("transfers");

    /// <summary>The last void records.</summary>
    public string Voids => Of("voids");

    /// <summary>What the keys of chunks of decisions begin with.</summary>
    public string AllDecisions => Of("decisions:");

    /// <summary>The decisions of a chunk; those of an older one until it begins.</summary>
    public string Decisions(long chunk) =>
        $"{AllDecisions}{PlaceOf(chunk).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The chunk that has an offset's decision.</summary>
    public static long ChunkOf(long offset) => offset / ChunkOffsets;

    /// <summary>The place of a chunk, which it takes from the one so many chunks before it.</summary>
    public static long PlaceOf(long chunk) => chunk % MaxChunks;

    /// <summary>The oldest chunk whose decisions are still there at a position; below 0 if all are.</summary>
    public static long OldestChunkAt(long position) => ChunkOf(Math.Max(0, position - 1)) - (MaxChunks - 1);

    /// <summary>The field of a record: its offset, 8 bytes, big endian.</summary>
    public static byte[] Offset(long offset)
    {
        var field = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(field, offset);
        return field;
    }

    private string Number => Generation.ToString(CultureInfo.InvariantCulture);

    /// <summary>The accounts by holder name.</summary>
    public string Names => Of("names");

    /// <summary>What the keys of histories begin with.</summary>
    public string Histories => Of("history:");

    /// <summary>What the keys of sealed pages begin with.</summary>
    public string AllPages => Of("pages:");

    /// <summary>The full leaves of an account's history that are not sealed yet.</summary>
    public string History(AccountId account) => $"{Histories}{account}";

    /// <summary>The sealed pages of an account's history.</summary>
    public string Pages(AccountId account) => $"{AllPages}{account}";

    /// <summary>The member of <see cref="Names"/> for an account: names have no control characters.</summary>
    public static byte[] NameMember(ReadOnlySpan<byte> holderName, AccountId account)
    {
        var member = new byte[holderName.Length + 1 + AccountId.Size];
        holderName.CopyTo(member);
        account.Write(member.AsSpan(holderName.Length + 1));
        return member;
    }

    private static string Tag(int partition) => $"{{bank:{partition.ToString(CultureInfo.InvariantCulture)}}}";

    private string Of(string name) => $"{Tag(Partition)}:{Number}:{name}";
}
