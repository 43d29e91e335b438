using System.Threading.Channels;
using BankAccounts.ServiceDefaults;
using BankAccounts.Store.V1;
using Microsoft.Extensions.Options;

namespace BankAccounts.QueryService.Commits;

/// <summary>
/// What this process has heard of commits, for those that wait for a position and those that watch an
/// account. It only wakes them: what is so they read in Redis.
/// </summary>
public sealed class CommitFeed(IOptions<BankOptions> bank, IOptions<QueryOptions> options)
{
    private readonly PartitionNews[] partitions =
        [.. Enumerable.Range(0, bank.Value.PartitionCount).Select(_ => new PartitionNews())];

    private readonly Channel<bool> wanted = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private int watchers;
    private int isHeard;

    /// <summary>How many watch an account.</summary>
    public int Watchers => Volatile.Read(ref watchers);

    /// <summary>How many wait for a position.</summary>
    public int Waiting => partitions.Sum(partition => partition.Waiting);

    /// <summary>The partitions in which somebody waits or watches.</summary>
    public IEnumerable<int> Wanted =>
        Enumerable.Range(0, partitions.Length).Where(partition => partitions[partition].IsWanted);

    /// <summary>Whether anybody waits or watches.</summary>
    public bool IsWanted => Array.Exists(partitions, partition => partition.IsWanted);

    /// <summary>Whether commits are heard of. Who begins to wait while they are not asks for it.</summary>
    public bool IsHeard => Volatile.Read(ref isHeard) == 1;

    /// <summary>From now on commits are heard of.</summary>
    public void BeginHearing() => Interlocked.Exchange(ref isHeard, 1);

    /// <summary>
    /// From now on commits are not heard of, and what was heard is worth nothing. Somebody may have begun to wait just
    /// before, so look once more whether anybody does.
    /// </summary>
    public void EndHearing()
    {
        Interlocked.Exchange(ref isHeard, 0);
        Array.ForEach(partitions, partition => partition.Forget());
    }

    /// <summary>Waits until somebody waits or watches while commits are not heard of.</summary>
    public async Task WantedAsync(CancellationToken cancellation)
    {
        while (!IsWanted)
        {
            await wanted.Reader.ReadAsync(cancellation);
        }
    }

    /// <summary>
    /// Waits until a partition's position is heard to be above an offset, or for a time. False if that had been
    /// heard before: whoever asks knows better.
    /// </summary>
    public Task<bool> WaitAsync(int partition, long offset, TimeSpan atMost, CancellationToken cancellation)
    {
        var wait = partitions[partition].WaitAsync(offset, atMost, cancellation);
        if (!wait.IsCompleted)
        {
            Want();
        }
        return wait;
    }

    /// <summary>Watches an account; null if as many are watching as may.</summary>
    public AccountWatch? TryWatch(AccountId account)
    {
        if (Interlocked.Increment(ref watchers) > options.Value.MaxWatchers)
        {
            Interlocked.Decrement(ref watchers);
            return null;
        }
        var watch = new AccountWatch(
            account, partitions[account.Partition], () => Interlocked.Decrement(ref watchers));
        Want();
        return watch;
    }

    /// <summary>A commit said what it changed.</summary>
    public void Heard(CommittedBatch batch)
    {
        if (batch.Partition >= 0 && batch.Partition < partitions.Length)
        {
            partitions[batch.Partition].Heard(batch);
        }
    }

    /// <summary>The position up to which messages were heard; −1 if there was none.</summary>
    public long PositionOf(int partition) => partitions[partition].Position;

    /// <summary>
    /// A look showed where a partition stands. If that is ahead of what was heard, a message was lost; if it is
    /// behind what had been heard before the look, Redis was: either way all are woken.
    /// </summary>
    public void Seen(int partition, long position, long heardBefore) =>
        partitions[partition].Seen(position, heardBefore);

    private void Want()
    {
        if (!IsHeard)
        {
            wanted.Writer.TryWrite(true);
        }
    }
}
