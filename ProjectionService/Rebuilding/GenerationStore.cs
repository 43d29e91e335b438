using BankAccounts.ProjectionService.History;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using Google.Protobuf;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Rebuilding;

/// <summary>A rebuild cannot begin or go on.</summary>
/// <param name="reason">NoLiveState, RebuildElsewhere, RebuildLost or DigestMismatch.</param>
/// <param name="message">A sentence for people.</param>
public sealed class RebuildRefusedException(ErrorReason reason, string message) : Exception(message)
{
    /// <summary>Why, for programs.</summary>
    public ErrorReason Reason { get; } = reason;
}

/// <summary>
/// A generation of a partition that is built beside the live one. The lease on it lasts for 30 s from each
/// commit; without it, its keys are removed.
/// </summary>
public sealed class GenerationStore(IDatabase database, int partition, TimeSpan timeout)
{
    /// <summary>How long the keys of a generation stay after another one took its place.</summary>
    public static readonly TimeSpan OldKeysStay = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly RedisScript BeginScript = new(typeof(GenerationStore), "rebuild-begin.lua");
    private static readonly RedisScript CommitScript = new(typeof(GenerationStore), "rebuild-commit.lua");
    private static readonly RedisScript FlipScript = new(typeof(GenerationStore), "flip.lua");
    private static readonly RedisScript AbandonScript = new(typeof(GenerationStore), "abandon.lua");

    /// <summary>Begins a generation.</summary>
    /// <exception cref="RebuildRefusedException">There is no live one, or another rebuild has the lease.</exception>
    public async Task<RedisKeys> BeginAsync()
    {
        var begun = (RedisResult[])(await BeginScript.EvaluateAsync(
            database,
            [RedisKeys.Root(partition)],
            [
                Digests.Empty(),
                StoreCodec.Encode(PartitionHead.Start(), new RequestOrder(0, 0)).ToByteArray(),
                (long)Lease.TotalMilliseconds,
            ],
            timeout,
            CancellationToken.None))!;
        return (long)begun[0] switch
        {
            1 => new RedisKeys(partition, (long)begun[1]),
            0 => throw new RebuildRefusedException(
                Reasons.NoLiveState,
                $"Partition {partition} has no live state yet: its owner builds it from offset 0."),
            _ => throw new RebuildRefusedException(
                Reasons.RebuildElsewhere, $"Partition {partition} is being rebuilt elsewhere."),
        };
    }

    /// <summary>Takes a batch.</summary>
    /// <exception cref="RebuildRefusedException">The lease is another rebuild's.</exception>
    public async Task CommitAsync(EncodedCommit commit, CancellationToken cancellation)
    {
        var taken = await CommitScript.EvaluateAsync(
            database,
            [RedisKeys.Root(partition), commit.Keys.Head],
            [
                commit.Keys.Generation,
                commit.From,
                commit.FromDigest,
                commit.To,
                commit.ToDigest,
                commit.Head,
                commit.FirstRequest,
                commit.Writes,
                (long)Lease.TotalMilliseconds,
            ],
            timeout,
            cancellation);
        if ((long)taken != 1)
        {
            throw Lost();
        }
    }

    /// <summary>Seals the histories that a batch made long.</summary>
    public Task SealAsync(RedisKeys built, Changes changes, CancellationToken cancellation)
    {
        var pages = new PageStore(database, timeout);
        return Task.WhenAll(PageStore.DueIn(changes).Select(
            account => pages.SealDueAsync(account, built.Generation, cancellation)));
    }

    /// <summary>Makes the generation the live one; false if the live one has moved on meanwhile.</summary>
    /// <param name="built">The generation.</param>
    /// <param name="live">The live one.</param>
    /// <param name="head">Where both stand.</param>
    /// <param name="liveHead">The live head as it was compared.</param>
    /// <param name="cancellation">Ends the wait for Redis.</param>
    /// <exception cref="RebuildRefusedException">The lease is another rebuild's.</exception>
    public async Task<bool> TryFlipAsync(
        RedisKeys built, RedisKeys live, PartitionHead head, byte[] liveHead, CancellationToken cancellation)
    {
        var flipped = (long)await FlipScript.EvaluateAsync(
            database,
            [RedisKeys.Root(partition), live.Head, built.Head],
            [
                live.Generation,
                built.Generation,
                head.Position,
                head.LogDigest,
                liveHead,
                (long)OldKeysStay.TotalMilliseconds,
            ],
            timeout,
            cancellation);
        return flipped == 2 ? throw Lost() : flipped == 1;
    }

    /// <summary>Gives the lease back, if it is still this generation's.</summary>
    public Task AbandonAsync(RedisKeys built, CancellationToken cancellation) => AbandonScript.EvaluateAsync(
        database, [RedisKeys.Root(partition)], [built.Generation], timeout, cancellation);

    private RebuildRefusedException Lost() => new(
        Reasons.RebuildLost,
        $"Partition {partition}: this rebuild has lost its place; its lease ran out, or Redis its keys.");
}
