using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>
/// One batch, ready to be committed: where it began, where it ends, what it writes and whom it tells.
/// It holds no reference to the ledger, which folds the next batch meanwhile.
/// </summary>
public sealed record EncodedCommit(
    RedisKeys Keys,
    long From,
    byte[] FromDigest,
    long To,
    byte[] ToDigest,
    byte[] Head,
    long FirstRequest,
    byte[] Writes)
{
    /// <summary>Whom it tells; nobody, if that is not said.</summary>
    public byte[] Messages { get; init; } = Nobody;

    private static byte[] Nobody { get; } = new MessagePack().Array(0).ToArray();

    private EncodedAnswers? Answers { get; init; }

    /// <summary>Encodes a batch, which tells nobody.</summary>
    /// <param name="keys">The generation.</param>
    /// <param name="before">Where the batch began.</param>
    /// <param name="ledger">The ledger, as it is behind the batch.</param>
    /// <param name="changes">What the batch changed.</param>
    /// <param name="latestFor">
    /// The position whose latest decisions are kept: the batch's end, or the one that is to be reached before
    /// anybody reads.
    /// </param>
    public static EncodedCommit Of(
        RedisKeys keys, PartitionHead before, PartitionLedger ledger, Changes changes, long? latestFor = null)
    {
        var (from, to) = (before.Position, ledger.Head.Position);
        var answers = new EncodedAnswers(changes.Answers);
        return new EncodedCommit(
            keys,
            from,
            before.LogDigest,
            to,
            ledger.Head.LogDigest,
            StoreCodec.Encode(ledger.Head, ledger.RequestOrder).ToByteArray(),
            ledger.RequestOrder.First,
            CommitEncoder.Writes(keys, changes, answers, from, to, latestFor ?? to))
        {
            Answers = latestFor is null ? answers : null,
        };
    }

    /// <summary>The same, which tells those who wait and those who watch.</summary>
    /// <param name="changes">What the batch changed: the same as before.</param>
    public EncodedCommit Telling(Changes changes) => this with
    {
        Messages = CommitEncoder.Messages(
            Keys, changes, Answers ?? new EncodedAnswers(changes.Answers), From, To),
        Answers = null,
    };
}
