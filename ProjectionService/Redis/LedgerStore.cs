using System.Globalization;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>The store is not where this owner left it: another one committed, or it lost something.</summary>
public sealed class CommitRefusedException(string message) : Exception(message);

/// <summary>
/// The state of one partition, for the owner that folds it. Each call takes effect at one instant. A
/// call that times out may still take effect: load again before anything else.
/// </summary>
public abstract class LedgerStore(int partition)
{
    /// <summary>The partition.</summary>
    protected int Partition { get; } = partition;

    /// <summary>
    /// A ledger that goes on from what is stored. Where there is nothing, another layout or a mark of a
    /// commit that died midway, a new generation begins at position 0.
    /// </summary>
    public abstract Task<(RedisKeys Keys, PartitionLedger Ledger)> LoadAsync(CancellationToken cancellation);

    /// <summary>
    /// Loads what the records need and the ledger lacks, together with the position that it belongs to.
    /// </summary>
    /// <exception cref="CommitRefusedException">
    /// The store is ahead of what was folded here, or behind the last confirmed commit: the values belong
    /// to another history than the one in memory.
    /// </exception>
    public abstract Task PrefetchAsync(
        RedisKeys keys,
        PartitionLedger ledger,
        PrefetchNeeds needs,
        long confirmedPosition,
        CancellationToken cancellation);

    /// <summary>Takes a batch, all or nothing, if the store stands where the batch began.</summary>
    /// <exception cref="CommitRefusedException">It stands elsewhere; nothing was changed.</exception>
    public abstract Task CommitAsync(EncodedCommit commit, CancellationToken cancellation);

    /// <summary>
    /// The rule of prefetching: values count only if they belong to the same generation, to no position
    /// ahead of what was folded, and to none behind the last confirmed commit.
    /// </summary>
    protected void RequireSameHistory(
        RedisKeys keys,
        long? generation,
        long? position,
        bool isDirty,
        long foldedPosition,
        long confirmedPosition)
    {
        if (generation != keys.Generation || isDirty
            || !(position >= confirmedPosition && position <= foldedPosition))
        {
            throw new CommitRefusedException(
                $"Partition {Partition}: the store stands at {Text(position) ?? "no position"} of generation"
                + $" {Text(generation) ?? "none"}; confirmed here {confirmedPosition}, folded"
                + $" {foldedPosition} of {keys.Generation}.");
        }
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
