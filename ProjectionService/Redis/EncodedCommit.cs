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
    ReadOnlyMemory<byte> Writes,
    ReadOnlyMemory<byte> Messages)
{
    /// <summary>Encodes a batch.</summary>
    public static EncodedCommit Of(
        RedisKeys keys, PartitionHead before, PartitionLedger ledger, Changes changes) => new(
            keys,
            before.Position,
            before.LogDigest,
            ledger.Head.Position,
            ledger.Head.LogDigest,
            StoreCodec.Encode(ledger.Head, ledger.RequestOrder).ToByteArray(),
            ledger.RequestOrder.First,
            CommitEncoder.Writes(keys, changes, ledger.Head.Position),
            CommitEncoder.Messages(keys, changes, before.Position, ledger.Head.Position));
}
