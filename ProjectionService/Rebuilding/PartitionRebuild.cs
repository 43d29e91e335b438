using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;

namespace BankAccounts.ProjectionService.Rebuilding;

/// <summary>How far a rebuild is.</summary>
/// <param name="Built">The generation that is being built.</param>
/// <param name="Head">Up to where it is built.</param>
/// <param name="TargetPosition">Where the live state stood when it was last looked at.</param>
/// <param name="IsLive">Whether it is the live one now.</param>
public readonly record struct RebuildProgress(
    RedisKeys Built, PartitionHead Head, long TargetPosition, bool IsLive);

/// <summary>
/// Builds a partition's state anew from offset 0, beside the live one, and makes it the live one when both
/// stand at the same position with the same digests. It publishes and sends nothing.
/// </summary>
public sealed class PartitionRebuild(
    int partition,
    GenerationStore store,
    ChunkReader live,
    ILogCursor cursor,
    Func<RebuildProgress, Task> report)
{
    /// <summary>
    /// An account that changes often is written once for each batch, so large ones are cheaper; but Redis does nothing
    /// else while it takes one.
    /// </summary>
    private const int MaxRecordsAtOnce = 8_000;

    /// <summary>The live state moves on while the rebuild catches up: so many tries to meet it.</summary>
    private const int MaxTriesToMeet = 10_000;

    private readonly LogFold fold = new(partition, cursor);

    /// <summary>Rebuilds the partition.</summary>
    /// <exception cref="RebuildRefusedException">It cannot begin or go on, or the digests differ.</exception>
    /// <exception cref="GenerationMovedException">The live state moves faster than it can be met.</exception>
    /// <exception cref="LogMismatchException">The log does not have what the live state stands behind.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Never half-way: the lease on a generation that nobody knows of would keep others out until it ends.
        var built = await store.BeginAsync();
        try
        {
            cancellation.ThrowIfCancellationRequested();
            await RunAsync(built, cancellation);
        }
        catch
        {
            // Also after a cancellation: the lease would keep others from rebuilding until it ends.
            await store.AbandonAsync(built, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task RunAsync(RedisKeys built, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTriesToMeet; tries++)
        {
            var seen = await live.ReadAsync(cancellation)
                ?? throw new RebuildRefusedException(Reasons.NoLiveState, $"Partition {partition} has no live state.");
            await FoldToAsync(built, seen.Position, cancellation);
            if (fold.Ledger.Head.Position != seen.Position || seen.IsDirty || seen.Head is null)
            {
                throw new GenerationMovedException(
                    $"Partition {partition}: the live state went back to {seen.Position} while it was rebuilt.");
            }
            RequireSameDigests(seen);
            var liveKeys = new RedisKeys(partition, seen.Generation);
            if (await store.TryFlipAsync(built, liveKeys, fold.Ledger.Head, seen.Head, cancellation))
            {
                await report(new RebuildProgress(built, fold.Ledger.Head, seen.Position, IsLive: true));
                return;
            }
        }
        throw new GenerationMovedException(
            $"Partition {partition}: the live state moved on in each of {MaxTriesToMeet} tries to meet it.");
    }

    /// <summary>Folds up to a position: a batch is read and folded while the one before is being committed.</summary>
    private async Task FoldToAsync(RedisKeys built, long position, CancellationToken cancellation)
    {
        var commit = Task.CompletedTask;
        try
        {
            while (fold.IsBefore(position))
            {
                // The client library blocks while it waits for a record.
                var (next, changes) = await Task.Run(() => Fold(built, position, cancellation), cancellation);
                await commit;
                var progress = new RebuildProgress(built, fold.Ledger.Head, position, IsLive: false);
                commit = CommitAsync(next, changes, progress, cancellation);
            }
        }
        catch
        {
            // What is under way ends before the generation is given up.
            await commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await commit;
    }

    private (EncodedCommit Next, Changes Changes) Fold(
        RedisKeys built, long position, CancellationToken cancellation)
    {
        var before = fold.Ledger.Head;
        // Nobody reads the generation before it stands at the position: older decisions need no place.
        var answersFrom = RedisKeys.OldestChunkAt(position) * RedisKeys.ChunkOffsets;
        var changes = fold.Next(position, MaxRecordsAtOnce, cancellation, answersFrom);
        return (EncodedCommit.Of(built, before, fold.Ledger, changes, latestFor: position), changes);
    }

    private async Task CommitAsync(
        EncodedCommit next, Changes changes, RebuildProgress progress, CancellationToken cancellation)
    {
        await store.CommitAsync(next, cancellation);
        await store.SealAsync(next.Keys, changes, cancellation);
        await report(progress);
    }

    private void RequireSameDigests(Chunk seen)
    {
        var head = fold.Ledger.Head;
        var liveDecisions = StoredHead.Parser.ParseFrom(seen.Head).DecisionDigest.Span;
        if (!head.LogDigest.AsSpan().SequenceEqual(seen.Digest) || !liveDecisions.SequenceEqual(head.DecisionDigest))
        {
            throw new RebuildRefusedException(
                Reasons.DigestMismatch,
                $"Partition {partition} stays as it is: at {head.Position} the log has digest {Hex(head.LogDigest)}"
                + $" and decisions {Hex(head.DecisionDigest)}, the live state {Hex(seen.Digest)}"
                + $" and {Hex(liveDecisions)}.");
        }
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
